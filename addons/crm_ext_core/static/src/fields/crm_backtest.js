import {_t} from "@web/core/l10n/translation";
import {formatFloat} from "@web/core/utils/numbers";
import {loadBundle} from "@web/core/assets";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

import {Component, onWillStart, useEffect, useRef} from "@odoo/owl";

const COLORS = {tried: "#1f77b4", compared: "#9aa0a6", host: "#e8a33d"};

const percent = (share) => Math.round(100 * share);

/** A field whose value is drawn as charts; they are drawn anew when it changes. */
class ChartField extends Component {
    static props = {...standardFieldProps};

    setup() {
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => {
                const charts = this.value ? this.draw() : [];
                return () => charts.forEach((chart) => chart.destroy());
            },
            () => [JSON.stringify(this.value)]
        );
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    chart(ref, type, labels, datasets, x, y) {
        return new Chart(ref.el, {
            type,
            data: {labels, datasets},
            options: {
                maintainAspectRatio: false,
                interaction: {mode: "index", intersect: false},
                scales: {
                    x: {title: {display: true, text: x}, grid: {display: false}},
                    y: {title: {display: true, text: y}, beginAtZero: true},
                },
            },
        });
    }
}

/** What a trial found: how often the score was right, in words and two charts. */
export class CrmBacktest extends ChartField {
    static template = "crm_ext_core.CrmBacktest";

    setup() {
        this.lift = useRef("lift");
        this.bands = useRef("bands");
        super.setup();
    }

    get ways() {
        const {names, ways} = this.value;
        const label = {
            tried: names.tried,
            compared: names.compared,
            host: _t("Odoo's prediction"),
        };
        // what the database keeps of a JSON value has no order
        const present = ["tried", "compared", "host"].filter((way) => way in ways);
        return present.map((way) => ({way, label: label[way], ...ways[way]}));
    }

    get question() {
        return _t(
            "Take one lead that was won and one that was lost, at random: how often did the won one have the better score? 50 in 100 is pure chance, 100 in 100 is never wrong. Judged on %(won)s won and %(lost)s lost leads.",
            {won: this.value.won, lost: this.value.lost}
        );
    }

    rightness(separation) {
        return _t("%(count)s times in 100", {count: percent(separation.auc)});
    }

    interval(separation) {
        return _t("Very probably between %(low)s and %(high)s.", {
            low: percent(separation.low),
            high: percent(separation.high),
        });
    }

    get best() {
        return _t("The best tenth was won %(lift)s times as often as the average.", {
            lift: formatFloat(this.value.ways.tried.tenths[0].lift, {digits: [0, 1]}),
        });
    }

    draw() {
        const tried = this.value.ways.tried;
        const tenths = this.ways.map(({way, label, tenths: rows}) => ({
            label,
            data: rows.map((row) => percent(row.count ? row.won / row.count : 0)),
            backgroundColor: COLORS[way],
            borderColor: COLORS[way],
        }));
        const bands = [
            {
                label: _t("Won (%)"),
                data: tried.bands.map((band) => percent(band.rate)),
                borderColor: COLORS.tried,
                backgroundColor: COLORS.tried,
            },
            {
                label: _t("At least"),
                data: tried.bands.map((band) => percent(band.low)),
                borderColor: "#1f77b455",
                borderDash: [4, 4],
                pointRadius: 0,
            },
            {
                label: _t("At most"),
                data: tried.bands.map((band) => percent(band.high)),
                borderColor: "#1f77b455",
                borderDash: [4, 4],
                pointRadius: 0,
            },
        ];
        const ranks = tried.tenths.map((row) => row.rank);
        const scores = tried.bands.map(({lowest, highest}) =>
            lowest === highest ? `${lowest}` : `${lowest} … ${highest}`
        );
        return [
            this.chart(
                this.lift,
                "bar",
                ranks,
                tenths,
                _t("Tenth of the leads, best scores first"),
                _t("Won (%)")
            ),
            this.chart(this.bands, "line", scores, bands, _t("Score"), _t("Won (%)")),
        ];
    }
}

/** What each threshold would let through a week. */
export class CrmBacktestAdvice extends ChartField {
    static template = "crm_ext_core.CrmBacktestAdvice";

    setup() {
        this.cuts = useRef("cuts");
        super.setup();
    }

    get sentence() {
        const {cut} = this.value;
        return _t(
            "From a score of %(threshold)s: %(leads)s leads a week; %(won)s of them were won, and %(caught)s of all won leads are among them.",
            {
                threshold: cut.threshold,
                leads: formatFloat(cut.per_week, {digits: [0, 1]}),
                won: `${percent(cut.won_rate)} %`,
                caught: `${percent(cut.caught)} %`,
            }
        );
    }

    draw() {
        const {cuts} = this.value;
        const labels = cuts.map((cut) => cut.threshold);
        const line = (label, data, color) => ({
            label,
            data,
            borderColor: color,
            backgroundColor: color,
            pointRadius: 0,
        });
        return [
            this.chart(
                this.cuts,
                "line",
                labels,
                [
                    line(
                        _t("Leads a week"),
                        cuts.map((cut) => cut.per_week),
                        COLORS.tried
                    ),
                    line(
                        _t("Of them won (%)"),
                        cuts.map((cut) => percent(cut.won_rate)),
                        COLORS.host
                    ),
                    line(
                        _t("Share of all won leads (%)"),
                        cuts.map((cut) => percent(cut.caught)),
                        COLORS.compared
                    ),
                ],
                _t("Threshold"),
                ""
            ),
        ];
    }
}

registry.category("fields").add("crm_backtest", {
    component: CrmBacktest,
    supportedTypes: ["json"],
});
registry.category("fields").add("crm_backtest_advice", {
    component: CrmBacktestAdvice,
    supportedTypes: ["json"],
});
