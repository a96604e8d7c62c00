package trace

// level is what an ERROR/SUCCESS_CODE speaks of.
type level int

const (
	answered  level = iota // the trace of one person was answered, with or without a match
	oneRow                 // one row of the request was refused
	wholeFile              // the request was refused as a whole
)

// code is one ERROR/SUCCESS_CODE of the batch trace service.
type code struct {
	value, meaning string
	level          level
	isMatch        bool // MATCHED_NHS_NO must hold a number
}

func known(value string) (code, bool) {
	for _, c := range codes() {
		if c.value == value {
			return c, true
		}
	}
	return code{}, false
}

// codes is the service's list. Which of the refusals speak of the file is read from what they are about.
func codes() []code {
	return []code{
		{"00", "success", answered, true},
		{"01", "parse error", wholeFile, false},
		{"02", "invalid request reference", wholeFile, false},
		{"03", "invalid workflow id", wholeFile, false},
		{"04", "record count mismatch", wholeFile, false},
		{"05", "unexpected error", wholeFile, false},
		{"06", "maximum records exceeded", wholeFile, false},
		{"07", "file name and reference do not match", wholeFile, false},
		{"08", "unique reference error", oneRow, false},
		{"09", "invalid timestamp", wholeFile, false},
		{"10", "required field missing", oneRow, false},
		{"11", "field length exceeded", oneRow, false},
		{"12", "invalid gender", oneRow, false},
		{"13", "invalid field format", oneRow, false},
		{"14", "datastore error", wholeFile, false},
		{"15", "no trace performed", answered, false},
		{"16", "not enough fields", oneRow, false},
		{"17", "too many fields", oneRow, false},
		{"90", "success, superseded", answered, true},
		{"91", "invalid", answered, false},
		{"92", "sensitive", answered, true},
		{"96", "not enough data", answered, false},
		{"97", "multiple close matches", answered, false},
		{"98", "not found", answered, false},
	}
}

// sensitiveCode answers for a record whose location the service protects.
const sensitiveCode = "92"

// Sentinels that MATCHED_NHS_NO holds in place of a number. Both pass Modulus 11.
const (
	noMatch     = "0000000000"
	manyMatches = "9999999999"
)

// isGender tells a PERSON GENDER CODE: not known, male, female, not specified.
func isGender(value string) bool {
	switch value {
	case "0", "1", "2", "9":
		return true
	}
	return false
}
