package cpis

// Object identifiers of the Child Protection Domain Message Specification.
const (
	rootSequenceNumber = "2.16.840.1.113883.2.1.3.2.4.18.46"
	rootNHSNumber      = "2.16.840.1.113883.2.1.4.1"
	rootLocalID        = "2.16.840.1.113883.2.1.3.2.4.18.24"
)

// Code is one entry of a code list.
type Code struct{ Value, Meaning string }

// CodeList is one vocabulary of CP-IS.
type CodeList struct {
	Name  string // as the specification prints it
	OID   string // or, for the plan types, the FHIR system
	Codes []Code
}

// CodeLists is every vocabulary of CP-IS that is public.
func CodeLists() []CodeList {
	return []CodeList{messageTypes(), observationTypes(), fileResponses(), recordResponses(), planTypes()}
}

func (l CodeList) meaning(value string) (string, bool) {
	for _, known := range l.Codes {
		if known.Value == value {
			return known.Meaning, true
		}
	}
	return "", false
}

// messageTypes is CP-ISMessageType 1.0.
func messageTypes() CodeList {
	return CodeList{"CP-ISMessageType", "2.16.840.1.113883.2.1.3.2.4.17.470", []Code{
		{"01", "local authority upload"},
		{"02", "local authority acknowledgement response"},
		{"03", "NHS query"},
		{"04", "NHS query response"},
		{"05", "access to service notification"},
		{"06", "inactive NHS number notification"},
	}}
}

// fileResponses is CP-ISUploadFileResponse 2.0.
func fileResponses() CodeList {
	return CodeList{"CP-ISUploadFileResponse", "2.16.840.1.113883.2.1.3.2.4.17.474", []Code{
		{"CPF01", "file corrupt or not formed correctly"},
		{"CPF02", "all records loaded"},
		{"CPF03", "valid records loaded, invalid records rejected"},
		{"CPF04", "no record loaded"},
		{"CPF05", "PDS unavailable: the file must be sent again"},
		{"CPF06", "client version no longer supported"},
	}}
}

// recordResponses is CP-ISUploadRecordResponse 3.0. The list that qualifies CPR07 is not public.
func recordResponses() CodeList {
	return CodeList{"CP-ISUploadRecordResponse", "2.16.840.1.113883.2.1.3.2.4.17.473", []Code{
		{"CPR01", "no match found for the NHS number"},
		{"CPR02", "NHS number matched, sensitive record: cannot be updated"},
		{"CPR03", "NHS number not verified: the data does not match well enough"},
		{"CPR04", "NHS number format incorrect"},
		{"CPR05", "NHS number verified but superseded: a new number is needed"},
		{"CPR06", "record loaded"},
		{"CPR07", "record not loaded"},
	}}
}

// observationTypes is CP-ISObservationType 1.0.
func observationTypes() CodeList {
	return CodeList{"CP-ISObservationType", "2.16.840.1.113883.2.1.3.2.4.17.469", []Code{
		{"CPPI", "child protection plan"},
		{"CPPIU", "child protection plan upload"},
		{"CPPSD", "child protection plan start date"},
		{"CPPED", "child protection plan end date"},
		{"CPPDD", "child protection plan delete date"},
		{"LACI", "looked after child"},
		{"LACIU", "looked after child upload"},
		{"LACSD", "looked after child start date"},
		{"LACED", "looked after child end date"},
		{"LACDD", "looked after child delete date"},
		{"UCPI", "unborn child protection plan"},
		{"UCPIU", "unborn child protection plan upload"},
		{"UCPSD", "unborn child protection plan start date"},
		{"UCPED", "unborn child protection plan end date"},
		{"UCPDD", "unborn child protection plan delete date"},
		{"TRAR", "total returned access records"},
		{"TRR", "total returned records"},
		{"TRCR", "total returned child records"},
		{"LAUFI", "local authority upload file id"},
		{"CRA", "CP-IS record access"},
	}}
}

// planTypes is England-ChildProtectionPlan 1.0.0, the plan types of the service's FHIR side, in SNOMED CT.
func planTypes() CodeList {
	return CodeList{"England-ChildProtectionPlan", "http://snomed.info/sct", []Code{
		{"342191000000101", "subject to child protection plan"},
		{"764841000000100", "looked after child"},
		{"818901000000100", "unborn child subject to child protection plan"},
	}}
}
