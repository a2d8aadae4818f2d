# One line a command; the work is in config/host (python3 -m config.host COMMAND).
export PORT ARGS FIX NO_BROWSER NO_PDF ODOO_HOME DATABASE_URL PYTHON

.PHONY: run stop reset test test-host prove bench lint i18n shell clean
run stop reset test test-host prove bench lint i18n shell clean:
	@python3 -m config.host $@
