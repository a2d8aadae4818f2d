import {ActivityMarkAsDone} from "@mail/core/web/activity_markasdone_popover";
import {patch} from "@web/core/utils/patch";

/** A call that nobody answered is done as well, and counts for nothing. */
patch(ActivityMarkAsDone.prototype, {
    async onClickNoAnswer() {
        const {id, feedback, res_id, res_model} = this.props.activity;
        const {orm, "mail.store": store} = this.env.services;
        const thread = store.Thread.insert({model: res_model, id: res_id});
        await orm.call("mail.activity", "action_crm_no_answer", [[id]], {feedback});
        this.props.onActivityChanged(thread);
        await thread.fetchNewMessages();
    },
});
