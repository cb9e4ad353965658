import { deserializeDate, serializeDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { CalendarCommonRenderer } from "@web/views/calendar/calendar_common/calendar_common_renderer";
import { CalendarModel } from "@web/views/calendar/calendar_model";
import { CalendarRenderer } from "@web/views/calendar/calendar_renderer";
import { calendarView } from "@web/views/calendar/calendar_view";
import { CalendarYearRenderer } from "@web/views/calendar/calendar_year/calendar_year_renderer";
import { yearsLater } from "../core/occurrences";

/** Shows an event of every year in every year; each time it comes is an entry of its own with the record's id. */
export class EventCalendarModel extends CalendarModel {
    async loadRecords(data) {
        const [records, yearly] = await Promise.all([super.loadRecords(data), this.fetchYearly(data)]);
        const span = { from: serializeDate(data.range.start), to: serializeDate(data.range.end) };
        for (const raw of yearly) {
            for (const years of yearsLater({ first: raw.date_from, last: raw.date_to }, span)) {
                const record = this.normalizeRecord({
                    ...raw,
                    date_from: serializeDate(deserializeDate(raw.date_from).plus({ years })),
                    date_to: serializeDate(deserializeDate(raw.date_to).plus({ years })),
                });
                const occurrence = `${raw.id}+${years}`;
                records[occurrence] = { ...record, occurrence, years };
            }
        }
        return records;
    }

    fetchYearly(data) {
        const { context, domain, fieldNames, resModel, activeFields } = this.meta;
        return this.orm.searchRead(
            resModel,
            [...domain, ...this.computeFiltersDomain(data), ["recurring", "=", true]],
            [...new Set([...fieldNames, ...Object.keys(activeFields)])],
            { context }
        );
    }

    /** What is moved in a later year moves the event itself. */
    updateRecord(record, options) {
        const { years = 0, start, end, ...others } = record;
        return super.updateRecord(
            { ...others, start: start.minus({ years }), end: end && end.minus({ years }) },
            options
        );
    }
}

const withOccurrences = (Renderer) =>
    class extends Renderer {
        convertRecordToEvent(record) {
            return { ...super.convertRecordToEvent(record), id: record.occurrence || record.id };
        }
        fcEventToRecord(event) {
            const years = event.id && this.props.model.records[event.id]?.years;
            return { ...super.fcEventToRecord(event), ...(years && { years }) };
        }
    };

class EventCommonRenderer extends withOccurrences(CalendarCommonRenderer) {}

export class EventCalendarRenderer extends CalendarRenderer {
    static components = {
        ...CalendarRenderer.components,
        day: EventCommonRenderer,
        week: EventCommonRenderer,
        month: EventCommonRenderer,
        year: withOccurrences(CalendarYearRenderer),
    };
}

registry.category("views").add("gantry_demand_event_calendar", {
    ...calendarView,
    Model: EventCalendarModel,
    Renderer: EventCalendarRenderer,
});
