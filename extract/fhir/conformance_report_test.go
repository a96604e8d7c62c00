package fhir_test

import (
	"encoding/json"
	"flag"
	"os"
)

// The report is of the test that runs the suite, and no verb writes it: who changes a view cannot change how the compiler conforms.
var reportFile = flag.String("report", "", "write the conformance report, in the standard's own form, to this file")

// The standard's report (its test-report.schema.json): for each file its cases, in order.
type (
	report     map[string]fileReport
	fileReport struct {
		Tests []caseReport `json:"tests"`
	}
	caseReport struct {
		Name   string     `json:"name"`
		Result caseResult `json:"result"`
	}
	caseResult struct {
		Passed bool   `json:"passed"`
		Error  string `json:"error,omitempty"`
	}
)

func (r report) write(path string) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(data, '\n'), 0o644)
}
