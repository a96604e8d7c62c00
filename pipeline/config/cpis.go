package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"careshare/sql"
)

// CPIS says how the council takes part in Child Protection - Information Sharing (DCB1609).
type CPIS struct {
	Folder               string          `yaml:"folder"`                // acknowledgements/, notifications/ and inactive/; empty: this council does not have it
	Outbox               string          `yaml:"outbox"`                // where the client of the NHS takes uploads from; empty: they stay in the snapshot
	AuthorityCode        string          `yaml:"authority_code"`        // ODS code of the council
	AuthorityName        string          `yaml:"authority_name"`        // as the NHS is to show it
	OfficeTelephone      string          `yaml:"office_telephone"`      // may be empty
	EmergencyTelephone   string          `yaml:"emergency_telephone"`   // of the emergency duty team; without it nobody can be sent
	Upload               string          `yaml:"upload"`                // whole (the cohort) or changes (since what the NHS last loaded)
	FirstSequenceNumber  int64           `yaml:"first_sequence_number"` // of this program's first upload; those below were another's
	AcknowledgementHours int             `yaml:"acknowledgement_hours"` // silence for longer is an alarm
	LegalStatuses        []string        `yaml:"legal_statuses"`        // codes of sections 31, 38 and 20 of the Children Act 1989
	FollowUpSteps        []int64         `yaml:"follow_up_steps"`       // workflow step types that follow up a notification
	DueHours             map[string]int  `yaml:"due_hours"`             // by severity: high, standard, low
	Duty                 map[int64]int64 `yaml:"duty"`                  // duty custodian by team: worker ids
	DutyWorker           int64           `yaml:"duty_worker"`           // duty custodian where no team has one
	Escalate             map[int]int64   `yaml:"escalate"`              // worker by hours past the due time; empty: the duty worker at once
}

func defaultCPIS() CPIS {
	return CPIS{
		Upload: "whole", FirstSequenceNumber: 1, AcknowledgementHours: 24, LegalStatuses: []string{"C1", "C2", "V2"},
		DueHours: map[string]int{"high": 24, "standard": 72, "low": 120},
	}
}

func (c CPIS) validate() error {
	var wrong []error
	if c.Upload != "whole" && c.Upload != "changes" {
		wrong = append(wrong, errors.New("cpis.upload: must be whole or changes"))
	}
	if c.FirstSequenceNumber < 1 || c.AcknowledgementHours < 1 {
		wrong = append(wrong, errors.New("cpis: first_sequence_number and acknowledgement_hours must be at least 1"))
	}
	for _, severity := range severities() {
		if c.DueHours[severity] < 1 {
			wrong = append(wrong, fmt.Errorf("cpis.due_hours.%s: must be at least 1", severity))
		}
	}
	for hours := range c.Escalate {
		if hours < 0 {
			wrong = append(wrong, errors.New("cpis.escalate: hours past the due time cannot be below 0"))
		}
	}
	if len(c.DueHours) != len(severities()) {
		wrong = append(wrong, fmt.Errorf("cpis.due_hours: the severities are %v", severities()))
	}
	return errors.Join(wrong...)
}

// knownLegalStatuses holds the legal statuses to the codes of the 903: a slip of the pen would leave children out.
func (c Config) knownLegalStatuses() error {
	lists, err := sql.Lists(c.Ruleset())
	if err != nil {
		return err
	}
	var codes []string
	for _, list := range lists {
		for _, line := range list.Rows {
			if list.Name == "ssda903_codes" && line[0] == "ls" {
				codes = append(codes, line[1])
			}
		}
	}
	var wrong []error
	for i, status := range c.CPIS.LegalStatuses {
		if codes != nil && !slices.Contains(codes, status) {
			wrong = append(wrong, fmt.Errorf("cpis.legal_statuses[%d]: no code of a legal status; they are %s", i, strings.Join(codes, ", ")))
		}
	}
	for i, status := range c.CPIS.LegalStatuses {
		if slices.Contains(c.CPIS.LegalStatuses[:i], status) {
			wrong = append(wrong, fmt.Errorf("cpis.legal_statuses[%d]: is named twice", i))
		}
	}
	if len(c.CPIS.LegalStatuses) == 0 {
		wrong = append(wrong, errors.New("cpis.legal_statuses: name at least one, or no looked-after child is shared"))
	}
	return errors.Join(wrong...)
}

func severities() []string { return []string{"high", "standard", "low"} }
