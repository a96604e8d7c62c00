package agreement

import (
	"slices"

	"careshare/load/strictyaml"
)

// SecurityLabels say what the security labels of health records (FHIR meta.security) mean for sharing. A label that is not listed closes.
type SecurityLabels struct {
	Harmless Labels `yaml:"harmless"` // labels that do not restrict
	Closing  Labels `yaml:"closing"`  // labels that the parties know to restrict
}

// Labels are codes, by the code system that they are of.
type Labels struct {
	Confidentiality []string `yaml:"confidentiality"` // HL7 v3 Confidentiality
	Other           []string `yaml:"other"`           // any other code system, such as HL7 v3 ActCode
}

// usualLabels hold for an agreement without security_labels: normal and below are harmless, all others close.
var usualLabels = SecurityLabels{
	Harmless: Labels{Confidentiality: []string{"U", "L", "M", "N"}},
	Closing:  Labels{Confidentiality: []string{"R", "V"}, Other: []string{"R", "V", "REDACTED", "ETH", "HIV", "PSY", "SDV", "SEX", "STD", "SUD", "TABOO"}},
}

// SecurityLabel is a row of config.security_labels.
type SecurityLabel struct {
	System     string `json:"system"` // confidentiality | other
	Label      string `json:"label"`
	IsHarmless bool   `json:"is_harmless"`
}

// Rows are the labels as the models read them.
func (s SecurityLabels) Rows() []SecurityLabel {
	if s.isEmpty() {
		s = usualLabels
	}
	var rows []SecurityLabel
	add := func(system string, labels []string, isHarmless bool) {
		for _, label := range labels {
			rows = append(rows, SecurityLabel{system, label, isHarmless})
		}
	}
	add("confidentiality", s.Harmless.Confidentiality, true)
	add("other", s.Harmless.Other, true)
	add("confidentiality", s.Closing.Confidentiality, false)
	add("other", s.Closing.Other, false)
	return rows
}

func (s SecurityLabels) isEmpty() bool {
	return len(s.Harmless.Confidentiality)+len(s.Harmless.Other)+len(s.Closing.Confidentiality)+len(s.Closing.Other) == 0
}

// check refuses a label that is listed as both.
func (s SecurityLabels) check(at strictyaml.Lines) error {
	for _, system := range []struct {
		key               string
		harmless, closing []string
	}{{"confidentiality", s.Harmless.Confidentiality, s.Closing.Confidentiality}, {"other", s.Harmless.Other, s.Closing.Other}} {
		for _, label := range system.harmless {
			if slices.Contains(system.closing, label) {
				return at.Fault("$.security_labels.harmless."+system.key, "security label %s is listed as harmless and as closing", label)
			}
		}
	}
	return nil
}
