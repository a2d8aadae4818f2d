import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

import {Component} from "@odoo/owl";

/** Smart buttons made of the counters that addons hand to core. */
export class CrmCounters extends Component {
    static template = "crm_ext_core.CrmCounters";
    static props = {...standardFieldProps};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
    }

    get counters() {
        return this.props.record.data[this.props.name] || [];
    }

    async open(counter) {
        const {resModel, resId} = this.props.record;
        this.action.doAction(
            await this.orm.call(resModel, "action_open_crm_counter", [
                [resId],
                counter.code,
            ])
        );
    }
}

registry.category("fields").add("crm_counters", {
    component: CrmCounters,
    supportedTypes: ["json"],
});
