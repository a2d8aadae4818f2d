import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

import {Component} from "@odoo/owl";

/** What the addons know of a customer: one block of labels and values for each section. */
export class CrmContext extends Component {
    static template = "crm_ext_core.CrmContext";
    static props = {...standardFieldProps};

    get sections() {
        return this.props.record.data[this.props.name] || [];
    }
}

registry.category("fields").add("crm_context", {
    component: CrmContext,
    supportedTypes: ["json"],
});
