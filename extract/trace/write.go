package trace

import (
	"encoding/csv"
	"io"
	"strconv"
)

// Answer is one line of a response that careshare writes itself, from a source that answers one person at a time. It
// carries no name, date or address: the reference says who is meant.
type Answer struct {
	Reference      string // of the request
	LocalPatientID string
	Asked          string // the NHS number of the request, if it had one
	AnsweredAt     string // YYYYMMDDHHMM, UK time
	Code           string // of codes
	NHSNumber      string // of a match
	Confidence     float64
}

// Write writes a response file that Read takes.
func Write(w io.Writer, answers []Answer) error {
	lines := csv.NewWriter(w)
	header := []string{}
	for _, c := range columns() {
		if !c.optional {
			header = append(header, c.name)
		}
	}
	if err := lines.Write(header); err != nil {
		return err
	}
	for _, a := range answers {
		values := map[string]string{
			referenceColumn: a.Reference, "local_patient_id": a.LocalPatientID, "req_nhs_number": a.Asked, "as_at_date": a.AnsweredAt,
			codeColumn: a.Code, matchedColumn: a.NHSNumber,
		}
		if a.NHSNumber != "" {
			values[firstPercentage] = strconv.FormatFloat(a.Confidence*100, 'f', 2, 64)
		}
		if a.Code == sensitiveCode {
			values[flagColumn] = "R"
		}
		line := make([]string, len(header))
		for i, name := range header {
			line[i] = values[name]
		}
		if err := lines.Write(line); err != nil {
			return err
		}
	}
	lines.Flush()
	return lines.Error()
}
