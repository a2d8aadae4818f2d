import {registerMessageAction} from "@mail/core/common/message_actions";
import {_t} from "@web/core/l10n/translation";
import {user} from "@web/core/user";

let isAgent = false;
user.hasGroup("crm_ext_service.group_service_user").then(
    (member) => (isAgent = member)
);

// The "..." menu of any mail or logged call: one gesture makes a case of it.
registerMessageAction("crm-case", {
    condition: ({message, thread}) =>
        isAgent &&
        thread?.model &&
        !["crm.case", "discuss.channel"].includes(thread.model) &&
        !message.isEmpty,
    icon: "fa fa-life-ring",
    name: _t("Create a case"),
    onSelected: async ({message, store}) => {
        const action = await store.env.services.orm.call(
            "crm.case",
            "create_from_message",
            [message.id]
        );
        store.env.services.action.doAction(action);
    },
    sequence: 110,
});
