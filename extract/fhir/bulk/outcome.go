package bulk

import (
	"slices"
	"strings"
)

// outcome is an OperationOutcome without its texts, which may speak of a patient.
type outcome struct {
	ResourceType string  `json:"resourceType"`
	Issue        []issue `json:"issue"`
}

type issue struct {
	Severity string `json:"severity"`
	Code     string `json:"code"`
}

// codes is the issues' codes, each once.
func (o outcome) codes() string {
	var codes []string
	for _, issue := range o.Issue {
		if code := word(issue.Code); !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	return strings.Join(codes, ", ")
}

// isTransient tells whether the server says that a later try may succeed (FHIR IssueType "transient" and its kinds).
func (o outcome) isTransient() bool {
	return slices.ContainsFunc(o.Issue, func(i issue) bool {
		return slices.Contains([]string{"transient", "lock-error", "no-store", "exception", "timeout", "incomplete", "throttled"}, i.Code)
	})
}

// word is a code as FHIR writes codes; anything else is not repeated.
func word(code string) string {
	if code == "" || len(code) > 40 || strings.Trim(code, "abcdefghijklmnopqrstuvwxyz-") != "" {
		return "unknown"
	}
	return code
}
