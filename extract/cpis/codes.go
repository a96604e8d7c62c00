package cpis

// Object identifiers of the Child Protection Domain Message Specification.
const (
	rootSequenceNumber = "2.16.840.1.113883.2.1.3.2.4.18.46"
	rootNHSNumber      = "2.16.840.1.113883.2.1.4.1"
	rootLocalID        = "2.16.840.1.113883.2.1.3.2.4.18.24"
)

// code is one entry of a code list.
type code struct{ value, meaning string }

// codeList is one vocabulary of CP-IS.
type codeList struct {
	oid   string
	codes []code
}

func (l codeList) meaning(value string) (string, bool) {
	for _, known := range l.codes {
		if known.value == value {
			return known.meaning, true
		}
	}
	return "", false
}

// messageTypes is CP-ISMessageType 1.0.
func messageTypes() codeList {
	return codeList{"2.16.840.1.113883.2.1.3.2.4.17.470", []code{
		{"01", "local authority upload"},
		{"02", "local authority acknowledgement response"},
		{"03", "NHS query"},
		{"04", "NHS query response"},
		{"05", "access to service notification"},
		{"06", "inactive NHS number notification"},
	}}
}

// fileResponses is CP-ISUploadFileResponse 2.0.
func fileResponses() codeList {
	return codeList{"2.16.840.1.113883.2.1.3.2.4.17.474", []code{
		{"CPF01", "file corrupt or not formed correctly"},
		{"CPF02", "all records loaded"},
		{"CPF03", "valid records loaded, invalid records rejected"},
		{"CPF04", "no record loaded"},
		{"CPF05", "PDS unavailable: the file must be sent again"},
		{"CPF06", "client version no longer supported"},
	}}
}

// recordResponses is CP-ISUploadRecordResponse 3.0. The list that qualifies CPR07 is not public.
func recordResponses() codeList {
	return codeList{"2.16.840.1.113883.2.1.3.2.4.17.473", []code{
		{"CPR01", "no match found for the NHS number"},
		{"CPR02", "NHS number matched, sensitive record: cannot be updated"},
		{"CPR03", "NHS number not verified: the data does not match well enough"},
		{"CPR04", "NHS number format incorrect"},
		{"CPR05", "NHS number verified but superseded: a new number is needed"},
		{"CPR06", "record loaded"},
		{"CPR07", "record not loaded"},
	}}
}
