package bulk

import (
	"encoding/json"
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

// oauthError is the error code of a token endpoint (RFC 6749, 5.2; RFC 6750, 3.1); empty for any other text. Its description is not
// repeated: it may quote the request.
func oauthError(body []byte) string {
	var answer struct {
		Error string `json:"error"`
	}
	known := []string{
		"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope", "invalid_token", "insufficient_scope",
	}
	if json.Unmarshal(body, &answer) != nil || !slices.Contains(known, answer.Error) {
		return ""
	}
	return answer.Error
}
