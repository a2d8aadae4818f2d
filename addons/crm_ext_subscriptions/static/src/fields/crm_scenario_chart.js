import {Component, onWillStart, onWillUnmount, useEffect, useRef} from "@odoo/owl";
import {getColor, hexToRGBA} from "@web/core/colors/colors";
import {cookie} from "@web/core/browser/cookie";
import {loadBundle} from "@web/core/assets";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/** Curves side by side, one a scenario: {labels, datasets, title, unit}. */
export class CrmScenarioChart extends Component {
    static template = "crm_ext_subscriptions.CrmScenarioChart";
    static props = {...standardFieldProps};

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => this.draw(),
            () => [JSON.stringify(this.value)]
        );
        onWillUnmount(() => this.chart?.destroy());
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    get description() {
        const names = this.value.datasets.map((one) => one.label).join(", ");
        return `${this.value.title} (${this.value.unit}): ${names}`;
    }

    draw() {
        this.chart?.destroy();
        if (!this.value) {
            return;
        }
        const scheme = cookie.get("color_scheme");
        const datasets = this.value.datasets.map((one, rank) => {
            const colour = getColor(rank, scheme, this.value.datasets.length);
            return {
                ...one,
                borderColor: colour,
                backgroundColor: hexToRGBA(colour, 0.2),
                stepped: "before",
                pointRadius: this.value.labels.length > 24 ? 0 : 3,
            };
        });
        const title = `${this.value.title} (${this.value.unit})`;
        this.chart = new Chart(this.canvas.el, {
            type: "line",
            data: {labels: this.value.labels, datasets},
            options: {
                animation: false,
                maintainAspectRatio: false,
                interaction: {mode: "index", intersect: false},
                plugins: {
                    legend: {position: "bottom"},
                    title: {display: true, text: title},
                },
            },
        });
    }
}

registry.category("fields").add("crm_scenario_chart", {
    component: CrmScenarioChart,
    supportedTypes: ["json"],
});
