import {onWillDestroy} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {useDebounced} from "@web/core/utils/timing";
import {KanbanController} from "@web/views/kanban/kanban_controller";
import {kanbanView} from "@web/views/kanban/kanban_view";

const CHANGED = "crm_ext_service.queue/changed";
const RELOAD_DELAY = 300;

/** A queue screen that reads again when anybody picks, releases or hands over. */
export class QueueKanbanController extends KanbanController {
    setup() {
        super.setup();
        const bus = useService("bus_service");
        const reload = useDebounced(() => this.model.load(), RELOAD_DELAY);
        bus.subscribe(CHANGED, reload);
        onWillDestroy(() => bus.unsubscribe(CHANGED, reload));
    }
}

registry.category("views").add("crm_queue_kanban", {
    ...kanbanView,
    Controller: QueueKanbanController,
});
