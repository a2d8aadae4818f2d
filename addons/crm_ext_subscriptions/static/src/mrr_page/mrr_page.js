import {loadBundle} from "@web/core/assets";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

import {Component, onWillStart, useEffect, useRef, useState} from "@odoo/owl";

const COLOURS = {
    new: "#2f6fb0",
    expansion: "#1f7a3d",
    reactivation: "#5aa469",
    resume: "#8ab8a8",
    transfer: "#7d6bb0",
    exchange: "#9aa0a6",
    pause: "#d69e2e",
    contraction: "#e08e79",
    churn: "#c53030",
};

/** The page of recurring revenue: what the server worded, drawn and made to open. */
export class CrmMrrPage extends Component {
    static template = "crm_ext_subscriptions.MrrPage";
    static props = {...standardFieldProps};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.canvas = useRef("canvas");
        this.state = useState({measure: "customers"});
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => {
                if (!this.canvas.el) {
                    return undefined;
                }
                const chart = new Chart(this.canvas.el, this.chartConfig);
                return () => chart.destroy();
            },
            () => [JSON.stringify(this.page?.curve), this.canvas.el]
        );
    }

    get page() {
        return this.props.record.data[this.props.name];
    }

    get columns() {
        return [...Array(this.page.cohorts.width).keys()];
    }

    get chartConfig() {
        const {months, totals, total_label: label, series} = this.page.curve;
        const bars = series.map((one) => ({
            type: "bar",
            label: one.label,
            data: one.values,
            backgroundColor: COLOURS[one.kind],
            stack: "moves",
            order: 2,
        }));
        const line = {
            type: "line",
            label,
            data: totals,
            borderColor: "#714b67",
            backgroundColor: "#714b67",
            tension: 0.2,
            order: 1,
        };
        return {
            data: {labels: months, datasets: [line, ...bars]},
            options: {
                animation: false,
                maintainAspectRatio: false,
                interaction: {mode: "index", intersect: false},
                onClick: (event, _items, chart) => this.openPoint(event, chart),
                onHover: (event, items) => {
                    event.native.target.style.cursor = items.length ? "pointer" : "";
                },
                plugins: {legend: {position: "bottom", labels: {boxWidth: 12}}},
                scales: {
                    x: {stacked: true, grid: {display: false}},
                    y: {stacked: false},
                },
            },
        };
    }

    /** The moves of the bar that was clicked, or the MRR at the end of the month. */
    openPoint(event, chart) {
        const find = (mode, intersect) =>
            chart.getElementsAtEventForMode(event, mode, {intersect}, true);
        const [point] = [...find("nearest", true), ...find("index", false)];
        if (point) {
            const {keys, series} = this.page.curve;
            const kind = point.datasetIndex ? series[point.datasetIndex - 1].kind : "";
            this.open("curve", `${keys[point.index]}/${kind}`);
        }
    }

    async open(code, key = null) {
        const {record} = this.props;
        if (!(await record.save())) {
            return;
        }
        const args = [[record.resId], code, key];
        this.action.doAction(await this.orm.call(record.resModel, "action_open", args));
    }
}

registry.category("fields").add("crm_mrr_page", {
    component: CrmMrrPage,
    supportedTypes: ["json"],
});
