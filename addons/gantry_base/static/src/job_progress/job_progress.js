import { Component, onMounted, onWillStart, onWillUnmount, onWillUpdateProps, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import {
    barPercent,
    formatDuration,
    isActive,
    isForgotten,
    pollDelay,
    remainingSeconds,
} from "../core/job_progress";

const FIELDS = [
    "name",
    "state",
    "progress",
    "progress_done",
    "progress_total",
    "message",
    "error",
    "elapsed_s",
    "create_date",
];

const COLOURS = { done: "bg-success", failed: "bg-danger", cancelled: "bg-secondary" };

/**
 * A bar that moves while a job runs, on the form of the job (on its field "progress") or on any record with a
 * many2one to a job. When the job ends, the record is loaded again.
 */
export class JobProgress extends Component {
    static template = "gantry_base.JobProgress";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ job: null });
        this.looks = 0;
        onWillStart(() => this.start(this.props));
        onMounted(() => this.plan());
        onWillUpdateProps(async (props) => {
            browser.clearTimeout(this.timer);
            this.looks = 0;
            await this.start(props);
            this.plan();
        });
        onWillUnmount(() => {
            this.gone = true;
            browser.clearTimeout(this.timer);
        });
    }

    jobId({ record, name }) {
        const field = record.fields[name];
        return field.type === "many2one" ? record.data[name]?.id : record.resId;
    }

    get isLink() {
        return this.props.record.fields[this.props.name].type === "many2one";
    }

    /** The first look: a job that the user may not see must not take the whole form down. */
    async start(props) {
        try {
            await this.look(props);
        } catch (error) {
            if (!(error instanceof RPCError)) {
                throw error;
            }
            this.state.job = null;
        }
    }

    async look(props) {
        const id = this.jobId(props);
        if (!id) {
            this.state.job = null;
            return;
        }
        const [job] = await this.orm.silent.read("gantry.job", [id], FIELDS);
        this.state.job = job || null;
    }

    plan() {
        browser.clearTimeout(this.timer);
        if (!this.gone && this.state.job && isActive(this.state.job.state)) {
            this.timer = browser.setTimeout(() => this.tick(), pollDelay(this.looks++));
        }
    }

    async tick() {
        const before = this.state.job.state;
        try {
            await this.look(this.props);
        } catch {
            // a lost connection must not end the watch: Odoo tells about it, the next look may succeed
        }
        if (this.gone) {
            return;
        }
        const state = this.state.job?.state;
        const { record } = this.props;
        if (state !== before && !(await record.isDirty())) {
            await record.load(); // comes back through onWillUpdateProps
        }
        this.plan();
    }

    openJob() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "gantry.job",
            res_id: this.state.job.id,
            views: [[false, "form"]],
        });
    }

    get percent() {
        return barPercent(this.state.job);
    }

    get barClass() {
        const { state } = this.state.job;
        if (state === "running") {
            return "bg-primary progress-bar-striped progress-bar-animated";
        }
        return COLOURS[state] || "bg-primary";
    }

    get status() {
        const { state, message, error } = this.state.job;
        switch (state) {
            case "pending":
                return message || _t("Waiting for a worker");
            case "running":
                return message || _t("Running");
            case "done":
                return _t("Done");
            case "failed":
                return this.isLink ? error : _t("Failed");
            default:
                return _t("Cancelled");
        }
    }

    get times() {
        const { state, progress_done: done, progress_total: total, elapsed_s: elapsedS } = this.state.job;
        if (!elapsedS) {
            return "";
        }
        const elapsed = formatDuration(elapsedS);
        const remaining = state === "running" ? remainingSeconds({ done, total, elapsedS }) : null;
        if (remaining === null) {
            return elapsed;
        }
        return _t("%(elapsed)s, about %(remaining)s to go", { elapsed, remaining: formatDuration(remaining) });
    }

    get isForgotten() {
        const { state, create_date } = this.state.job;
        const waitedS = create_date ? -deserializeDateTime(create_date).diffNow("seconds").seconds : 0;
        return isForgotten({ state, waitedS });
    }
}

export const jobProgress = {
    component: JobProgress,
    displayName: _t("Progress of a background job"),
    supportedTypes: ["float", "many2one"],
};

registry.category("fields").add("gantry_job_progress", jobProgress);
