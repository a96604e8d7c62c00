package relations

import (
	"maps"
	"slices"
	"strings"

	"careshare/load/agreement"
	"careshare/pipeline/config"
)

// consentWords are the rows of config.consent_words: ours, the agreement's datasets, and the council's own.
func consentWords(c config.Consent, datasets []agreement.AgreementDataset) []Row {
	rows, seen := []Row{}, map[[2]string]bool{}
	add := func(field, word, meaning string) {
		word = strings.ToLower(strings.TrimSpace(word))
		if key := [2]string{field, word}; !seen[key] {
			seen[key] = true
			rows = append(rows, Row{"field": field, "word": word, "meaning": meaning})
		}
	}
	both := func(field, meaning string) {
		add(field, meaning, meaning)
		add(field, strings.ReplaceAll(meaning, "_", " "), meaning)
	}
	for _, field := range slices.Sorted(maps.Keys(config.ConsentMeanings)) {
		for _, meaning := range config.ConsentMeanings[field] {
			both(field, meaning)
		}
	}
	both("consent_datasets", "all")
	for _, dataset := range datasets {
		both("consent_datasets", dataset.Dataset)
	}
	for _, field := range slices.Sorted(maps.Keys(c.Words)) {
		for _, meaning := range slices.Sorted(maps.Keys(c.Words[field])) {
			for _, word := range c.Words[field][meaning] {
				add(field, word, meaning)
			}
		}
	}
	return rows
}

// duplicateWords are the rows of config.duplicate_words.
func duplicateWords(s config.SamePerson) []Row {
	rows := []Row{}
	add := func(source string, words []string) {
		for _, word := range words {
			rows = append(rows, Row{"source": source, "word": strings.ToLower(strings.TrimSpace(word))})
		}
	}
	add("reference", s.ReferenceTypes)
	add("relationship", s.RelationshipTypes)
	return rows
}
