import {_t} from "@web/core/l10n/translation";
import {formatDate, deserializeDateTime} from "@web/core/l10n/dates";
import {loadBundle} from "@web/core/assets";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

import {Component, onWillStart, useEffect, useRef, useState} from "@odoo/owl";

/** Grade, curve over time, what would raise the score, and the score of a past day. */
export class CrmScorePanel extends Component {
    static template = "crm_ext_core.CrmScorePanel";
    static props = {...standardFieldProps};

    setup() {
        this.orm = useService("orm");
        this.canvas = useRef("canvas");
        this.state = useState({past: null, date: ""});
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => {
                const chart = this.panel && this.draw();
                return () => chart && chart.destroy();
            },
            () => [JSON.stringify(this.panel)]
        );
    }

    get panel() {
        return this.props.record.data[this.props.name];
    }

    get labels() {
        const {grade, fit, engagement, probability} = this.panel;
        return {
            grade: _t("Grade %(grade)s", {grade}),
            fit: _t("Fit %(points)s", {points: fit}),
            engagement: _t("Engagement %(points)s", {points: engagement}),
            probability: _t("Probability foreseen by Odoo: %(share)s", {
                share: `${Math.round(probability)} %`,
            }),
        };
    }

    get past() {
        const {score, grade, model} = this.state.past;
        return model
            ? _t("%(points)s points, grade %(grade)s (%(model)s)", {
                  points: score,
                  grade,
                  model,
              })
            : _t("Not scored then");
    }

    day(text) {
        return formatDate(deserializeDateTime(text));
    }

    async onDate(ev) {
        this.state.date = ev.target.value;
        this.state.past = this.state.date
            ? await this.orm.call("crm.lead", "get_crm_score_at", [
                  [this.props.record.resId],
                  `${this.state.date} 23:59:59`,
              ])
            : null;
    }

    draw() {
        const {curve} = this.panel;
        const ahead = (part) => part.p1.parsed.x > this.today;
        this.today = curve.filter((row) => !row[2]).length - 1;
        return new Chart(this.canvas.el, {
            type: "line",
            data: {
                labels: curve.map((row) => this.day(row[0])),
                datasets: [
                    {
                        label: _t("Score"),
                        data: curve.map((row) => row[1]),
                        borderColor: "#1f77b4",
                        backgroundColor: "#1f77b422",
                        fill: true,
                        pointRadius: 0,
                        stepped: false,
                        segment: {
                            borderDash: (part) => (ahead(part) ? [5, 5] : undefined),
                        },
                    },
                ],
            },
            options: {
                maintainAspectRatio: false,
                interaction: {mode: "index", intersect: false},
                plugins: {legend: {display: false}},
                scales: {
                    x: {
                        ticks: {maxTicksLimit: 6, maxRotation: 0},
                        grid: {display: false},
                    },
                    y: {beginAtZero: true, ticks: {precision: 0}},
                },
            },
        });
    }
}

registry.category("fields").add("crm_score_panel", {
    component: CrmScorePanel,
    supportedTypes: ["json"],
});
