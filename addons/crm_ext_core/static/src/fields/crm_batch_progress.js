import {registry} from "@web/core/registry";
import {
    ProgressBarField,
    progressBarField,
} from "@web/views/fields/progress_bar/progress_bar_field";

import {onMounted, onWillUnmount} from "@odoo/owl";

const EVERY_MS = 3000;
const AT_WORK = ["queued", "running", "checking"];

/** A progress bar that reads its run again while the lanes are at work. */
export class CrmBatchProgress extends ProgressBarField {
    setup() {
        super.setup();
        onMounted(() => {
            this.timer = setInterval(() => this.refresh(), EVERY_MS);
        });
        onWillUnmount(() => clearInterval(this.timer));
    }

    async refresh() {
        const {record} = this.props;
        if (AT_WORK.includes(record.data.state) && !document.hidden) {
            await record.load();
        }
    }
}

registry.category("fields").add("crm_batch_progress", {
    ...progressBarField,
    component: CrmBatchProgress,
});
