import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

import {Component} from "@odoo/owl";

/** What each record says, field by field; the value that stays is chosen with a click.
 * Without choices (the host decides) it only shows which one stays. */
export class CrmMergeTable extends Component {
    static template = "crm_ext_core.CrmMergeTable";
    static props = {...standardFieldProps, chosen: {type: String, optional: true}};

    get table() {
        return this.props.record.data[this.props.name] || {columns: [], rows: []};
    }

    get choices() {
        return this.props.chosen ? this.props.record.data[this.props.chosen] || {} : {};
    }

    kept(row) {
        return this.props.chosen ? this.choices[row.field] : row.kept;
    }

    isKept(row, cell) {
        return Boolean(cell.text) && [cell.lead, "joined"].includes(this.kept(row));
    }

    choose(row, value) {
        if (this.props.chosen) {
            const choices = {...this.choices, [row.field]: value};
            this.props.record.update({[this.props.chosen]: choices});
        }
    }
}

/** How much goes to the record that stays. */
export class CrmMergeMoves extends Component {
    static template = "crm_ext_core.CrmMergeMoves";
    static props = {...standardFieldProps};

    get moves() {
        return this.props.record.data[this.props.name] || [];
    }
}

registry.category("fields").add("crm_merge_table", {
    component: CrmMergeTable,
    supportedTypes: ["json"],
    extractProps: ({options}) => ({chosen: options.chosen}),
});
registry.category("fields").add("crm_merge_moves", {
    component: CrmMergeMoves,
    supportedTypes: ["json"],
});
