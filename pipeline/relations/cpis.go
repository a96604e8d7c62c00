package relations

import "careshare/pipeline/config"

// traceTerms is the row of config.trace.
func traceTerms(t config.Trace) Row {
	terms := Row{"is_asking": t.Outbox != "", "ask_again_after_days": t.AskAgainAfterDays, "refresh_after_days": t.RefreshAfterDays}
	if t.AcceptUnaskedBefore != "" {
		terms["accept_unasked_before"] = t.AcceptUnaskedBefore
	}
	return terms
}

// cpisRelations are the terms of CP-IS as the models read them. What the outbox was given last is remembered even where
// the lake is new, so that no sequence number is used twice.
func cpisRelations(c config.CPIS, lastDelivered int64) []Relation {
	terms := []Row{{
		"first_sequence_number": c.FirstSequenceNumber, "last_sequence_number": max(c.FirstSequenceNumber-1, lastDelivered),
		"kind": c.Upload, "acknowledgement_hours": c.AcknowledgementHours,
		"authority_code": c.AuthorityCode, "authority_name": c.AuthorityName,
		"office_telephone": c.OfficeTelephone, "emergency_telephone": c.EmergencyTelephone,
	}}
	statuses, due, duty, levels := []Row{}, []Row{}, []Row{}, []Row{}
	for _, status := range c.LegalStatuses {
		statuses = append(statuses, Row{"legal_status": status})
	}
	for severity, hours := range c.DueHours {
		due = append(due, Row{"severity": severity, "hours": hours})
	}
	for team, worker := range c.Duty {
		duty = append(duty, Row{"team_id": team, "worker_id": worker})
	}
	if c.DutyWorker != 0 {
		duty = append(duty, Row{"team_id": nil, "worker_id": c.DutyWorker})
	}
	if len(c.Escalate) == 0 && c.DutyWorker != 0 {
		levels = append(levels, Row{"hours": 0, "worker_id": c.DutyWorker})
	}
	for hours, worker := range c.Escalate {
		levels = append(levels, Row{"hours": hours, "worker_id": worker})
	}
	return []Relation{
		{"cpis", "first_sequence_number bigint, last_sequence_number bigint, kind varchar, acknowledgement_hours integer, authority_code varchar, " +
			"authority_name varchar, office_telephone varchar, emergency_telephone varchar", terms},
		{"cpis_legal_statuses", "legal_status varchar", statuses},
		{"cpis_follow_up_steps", "workflow_step_type_id bigint", steps(c.FollowUpSteps)},
		{"cpis_severities", "severity varchar, hours integer", due},
		{"cpis_duty", "team_id bigint, worker_id bigint", duty},
		{"cpis_escalations", "hours integer, worker_id bigint", levels},
	}
}
