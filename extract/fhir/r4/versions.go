package r4

// elsewhere are elements that other versions of FHIR have and R4 has not. Each would change what is read, or leave it empty, if a resource
// of that version were taken for one of R4.
var elsewhere = map[string]map[string]string{
	"AllergyIntolerance":  {"assertedDate": "STU3", "participant": "R5"},
	"Appointment":         {"incomingReferral": "STU3", "indication": "STU3", "reason": "R5", "subject": "R5"},
	"Condition":           {"assertedDate": "STU3", "participant": "R5"},
	"Encounter":           {"actualPeriod": "R5", "plannedStartDate": "R5", "reason": "STU3 or R5"},
	"Immunization":        {"notGiven": "STU3", "vaccinationProtocol": "STU3", "wasNotGiven": "DSTU2"},
	"MedicationRequest":   {"medication": "R5"},
	"MedicationStatement": {"adherence": "R5", "medication": "R5", "taken": "STU3", "wasNotTaken": "DSTU2"},
	"Patient":             {"animal": "STU3"},
}

// Elsewhere are the elements of a resource that only other versions of FHIR have, each with its version.
func Elsewhere(resource string) map[string]string { return elsewhere[resource] }
