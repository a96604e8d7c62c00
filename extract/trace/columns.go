package trace

import (
	"strconv"
	"strings"
	"time"

	"careshare/extract/inbox"

	"github.com/apache/arrow-go/v18/arrow/decimal128"
)

// column is one column of a response, in the form of our table: lower case, with _ for a space or a slash.
type column struct {
	name     string
	rule     string            // broken by a value that isSound says no to
	isSound  func(string) bool // nil: any text
	required bool              // no row may be without a value
	optional bool              // the file may be without the column
	// isLocation: it says where a person lives or how to reach them; never kept of a sensitive record.
	isLocation bool
}

const (
	referenceColumn = "unique_reference"
	codeColumn      = "error_success_code"
	matchedColumn   = "matched_nhs_no"
	flagColumn      = "sensitivity_flag"
	firstPercentage = "matched_confidence_percentage"
)

// columns is the 29 columns of a response, then the five that the matching service may add.
func columns() []column {
	list := []column{{name: referenceColumn, required: true}}
	for _, name := range []string{"req_nhs_number", "family_name", "given_name", "other_given_name"} {
		list = append(list, column{name: name})
	}
	list = append(list, column{name: "gender", rule: "unknown code", isSound: isGender}, date("date_of_birth"), date("date_of_death"))
	for _, name := range []string{"address_line1", "address_line2", "address_line3", "address_line4", "address_line5", "postcode", "gp_practice_code"} {
		list = append(list, column{name: name, isLocation: true})
	}
	list = append(list, date("gp_registration_date"), column{name: "nhais_posting_id"}, date("as_at_date"))
	for _, name := range []string{"local_patient_id", "internal_id", "telephone_number", "mobile_number", "email_address", flagColumn, "mps_id"} {
		reaches := name == "telephone_number" || name == "mobile_number" || name == "email_address"
		list = append(list, column{name: name, isLocation: reaches})
	}
	list = append(list,
		column{name: codeColumn, rule: "unknown code", isSound: func(v string) bool { _, ok := known(v); return ok }, required: true},
		column{name: matchedColumn, rule: "not ten digits", isSound: inbox.IsTenDigits},
		column{name: "matched_algorithm_indicator"}, percentage(firstPercentage))
	for _, of := range []string{"family_name", "given_name", "dob", "gender", "postcode"} {
		score := percentage("algorithmic_trace_" + of + "_score_perc")
		score.optional = true
		list = append(list, score)
	}
	return list
}

func date(name string) column {
	return column{name: name, rule: "not a date", isSound: isDate}
}

func percentage(name string) column {
	return column{name: name, rule: "not a percentage", isSound: func(v string) bool { _, ok := hundredths(v); return ok }}
}

// tableColumns is the columns of the table responses: the file and line, the answer, the scores, the code's meaning,
// the SHA-256 of the file's text.
func tableColumns() [][]inbox.Column {
	var texts, percentages []string
	for _, c := range columns() {
		if c.isPercentage() {
			percentages = append(percentages, c.name)
		} else {
			texts = append(texts, c.name)
		}
	}
	return [][]inbox.Column{
		inbox.Texts("file"), inbox.Integers("line"), inbox.Texts(texts...), inbox.Percentages(percentages...), inbox.Texts("code_meaning", "file_sha256"),
	}
}

func (c column) isPercentage() bool { return c.name == firstPercentage || c.optional }

// isDate tells a date of the service: to the minute, day, month or year.
func isDate(value string) bool {
	for _, layout := range []string{"20060102", "200601021504", "200601", "2006"} {
		if at, err := time.Parse(layout, value); err == nil {
			return at.Year() > 1850
		}
	}
	return false
}

// hundredths is a percentage as decimal(5,2).
func hundredths(value string) (decimal128.Num, bool) {
	whole, part, dot := strings.Cut(value, ".")
	if whole == "" || len(part) > 2 || dot && part == "" {
		return decimal128.Num{}, false
	}
	number, err := strconv.ParseUint(whole+part+"00"[len(part):], 10, 16)
	return decimal128.FromU64(number), err == nil && number <= 100_00
}
