package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// longestWindow is a year: a consent that opens sharing for longer is a slip of the pen.
const longestWindow = 366

// Consent says how the council records an asking.
type Consent struct {
	WindowDays int               `yaml:"window_days"` // days that a granted request opens
	Steps      []int64           `yaml:"steps"`       // workflow step types that are a consent request
	Questions  map[string]string `yaml:"questions"`   // our field: the council's question code; absent: the same

	// Words are the council's own words beside ours, by field and meaning: consent_decision: {refused: [declined]}.
	Words map[string]map[string][]string `yaml:"words"`
}

// SamePerson says which records of the case store are one person.
type SamePerson struct {
	AlikeBy           string   `yaml:"alike_by"`           // name_birth_date, name_birth_date_address or same_address
	ReferenceTypes    []string `yaml:"reference_types"`    // person references that name a duplicate record's person_id
	RelationshipTypes []string `yaml:"relationship_types"` // personal relationships between duplicate records
}

// ConsentMeanings are what an answer can mean, by field. Each is also a word, with spaces or underscores.
var ConsentMeanings = map[string][]string{
	"consent_decision":   {"given", "refused", "withdrawn", "not_sought", "not_required"},
	"consent_direction":  {"in", "out"},
	"consent_decided_by": {"self", "gillick_competent_child", "parental_responsibility", "attorney", "deputy", "best_interests"},
	"consent_capacity":   {"has_capacity", "lacks_capacity", "not_assessed"},
	"consent_needs_met":  {"yes", "no"},
}

func (c Consent) validate() error {
	var wrong []error
	if c.WindowDays < 1 || c.WindowDays > longestWindow {
		wrong = append(wrong, fmt.Errorf("consent.window_days: must be between 1 and %d", longestWindow))
	}
	if len(c.Steps) == 0 {
		wrong = append(wrong, errors.New("consent.steps: name the workflow step types that ask for consent"))
	}
	wrong = append(wrong, knownQuestions("consent.questions", FormFields[:], c.Questions))
	taken := map[[2]string]string{}
	for _, field := range slices.Sorted(maps.Keys(c.Words)) {
		meanings, known := ConsentMeanings[field]
		if !known && field != "consent_datasets" {
			wrong = append(wrong, fmt.Errorf("consent.words.%s: the fields with words are consent_datasets, %s", field, strings.Join(slices.Sorted(maps.Keys(ConsentMeanings)), ", ")))
			continue
		}
		for _, meaning := range slices.Sorted(maps.Keys(c.Words[field])) {
			if known && !slices.Contains(meanings, meaning) {
				wrong = append(wrong, fmt.Errorf("consent.words.%s.%s: must be one of %s", field, meaning, strings.Join(meanings, ", ")))
			}
			for _, word := range c.Words[field][meaning] {
				key := [2]string{field, strings.ToLower(strings.TrimSpace(word))}
				if other, twice := taken[key]; twice && other != meaning {
					wrong = append(wrong, fmt.Errorf("consent.words.%s: a word means both %s and %s", field, other, meaning))
				}
				if slices.Contains(meanings, strings.ReplaceAll(key[1], " ", "_")) && strings.ReplaceAll(key[1], " ", "_") != meaning {
					wrong = append(wrong, fmt.Errorf("consent.words.%s.%s: %s already means itself", field, meaning, key[1]))
				}
				taken[key] = meaning
			}
		}
	}
	return errors.Join(wrong...)
}

func (s SamePerson) validate() error {
	if !slices.Contains([]string{"name_birth_date", "name_birth_date_address", "same_address"}, s.AlikeBy) {
		return errors.New("same_person.alike_by: must be name_birth_date, name_birth_date_address or same_address")
	}
	return nil
}
