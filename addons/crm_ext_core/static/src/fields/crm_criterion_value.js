import {registry} from "@web/core/registry";
import {MultiRecordSelector} from "@web/core/record_selectors/multi_record_selector";
import {TagsList} from "@web/core/tags_list/tags_list";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

import {Component} from "@odoo/owl";

/** The value of a ready-made criterion: asks for what its `spec` says. */
export class CrmCriterionValue extends Component {
    static template = "crm_ext_core.CrmCriterionValue";
    static components = {MultiRecordSelector, TagsList};
    static props = {...standardFieldProps};

    get spec() {
        return this.props.record.data.spec || {inputs: []};
    }

    get value() {
        return this.props.record.data[this.props.name] || {};
    }

    get keys() {
        return this.value.keys || [];
    }

    /** The choices made, as removable tags. */
    get chosen() {
        const labels = Object.fromEntries(this.spec.choices || []);
        return this.keys.map((key) => ({
            id: key,
            text: labels[key] || key,
            onDelete: this.props.readonly
                ? undefined
                : () => this.update({keys: this.keys.filter((known) => known !== key)}),
        }));
    }

    get choices() {
        return (this.spec.choices || []).filter(([key]) => !this.keys.includes(key));
    }

    update(part) {
        return this.props.record.update({
            [this.props.name]: {...this.value, ...part},
        });
    }

    onChoose(ev) {
        const key = ev.target.value;
        ev.target.value = "";
        return key && this.update({keys: [...this.keys, key]});
    }

    onNumber(name, ev) {
        const number = parseFloat(ev.target.value);
        return this.update({[name]: Number.isNaN(number) ? null : number});
    }

    onDays(ev) {
        return this.update({days: parseInt(ev.target.value, 10) || null});
    }

    onText(ev) {
        return this.update({text: ev.target.value.trim()});
    }
}

registry.category("fields").add("crm_criterion_value", {
    component: CrmCriterionValue,
    supportedTypes: ["json"],
});
