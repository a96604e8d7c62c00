package borough

// concept is a code of a public code system, kept as text: a spreadsheet or a float would cut it to fifteen digits.
type concept struct{ code, display string }

// Code systems of the resources; health.md names the UK Core ones.
const (
	systemNHSNumber = "https://fhir.nhs.uk/Id/nhs-number"
	systemSNOMED    = "http://snomed.info/sct"
	systemDMD       = "https://dmd.nhs.uk"
	systemActCode   = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
	systemICD10     = "http://hl7.org/fhir/sid/icd-10"
	profileUKCore   = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-"
	terminologyHL7  = "http://terminology.hl7.org/CodeSystem/"
)

// vocabulary is what the senders write about.
type vocabulary struct {
	medicines []concept // dm+d: four products with their strength, else the medicine's name (VTM)
	dosages   []string
	diagnoses []concept // SNOMED CT disorders
	allergies []concept // one of them says that none is known
	vaccines  []concept
	refusals  []concept // why a vaccine was not given
	visits    []concept
	services  []concept
}

func newVocabulary() vocabulary {
	return vocabulary{
		medicines: []concept{
			{"319773006", "Aspirin 75mg dispersible tablets"},
			{"319996000", "Simvastatin 10mg tablets"},
			{"39113611000001102", "Salbutamol 100micrograms/dose inhaler CFC free"},
			{"42109611000001109", "Paracetamol 500mg tablets"},
			{"109081006", "Metformin"}, {"108537001", "Amlodipine"}, {"25673006", "Omeprazole"},
			{"108600003", "Atorvastatin"}, {"27658006", "Amoxicillin"}, {"38268001", "Ibuprofen"},
			{"81609008", "Furosemide"}, {"48603004", "Warfarin"}, {"774587000", "Co-amoxiclav"},
		},
		dosages: []string{
			"One to be taken each morning", "One to be taken twice a day", "Two to be taken four times a day when required",
			"One or two puffs when required; \"spacer\" to be used", "One to be taken at night", "As directed\tby the clinic",
			"½ tablet each morning for 7 days, then stop",
		},
		diagnoses: []concept{
			{"44054006", "Diabetes mellitus type 2"}, {"38341003", "Hypertensive disorder"}, {"195967001", "Asthma"},
			{"13645005", "Chronic obstructive lung disease"}, {"84114007", "Heart failure"}, {"35489007", "Depressive disorder"},
			{"13746004", "Bipolar disorder"}, {"26929004", "Alzheimer's disease"}, {"40930008", "Hypothyroidism"},
			{"58214004", "Schizophrenia"}, {"709044004", "Chronic kidney disease"}, {"230690007", "Cerebrovascular accident"},
			{"396275006", "Osteoarthritis"}, {"84757009", "Epilepsy"}, {"35919005", "Pervasive developmental disorder"},
			{"49436004", "Atrial fibrillation"}, {"91302008", "Sepsis"}, {"69896004", "Rheumatoid arthritis"},
		},
		allergies: []concept{
			{"91936005", "Allergy to penicillin"}, {"300916003", "Latex allergy"}, {"91935009", "Allergy to peanut"},
			{"293584003", "Allergy to paracetamol"}, {"294505008", "Allergy to amoxicillin"}, {"300913006", "Shellfish allergy"},
			{"232350006", "House dust mite allergy"}, {"716186003", "No known allergy"}, {"419474003", "Allergy to mould"},
		},
		vaccines: []concept{
			{"871831003", "Measles, mumps and rubella vaccine"}, {"871822003", "Hepatitis B vaccine"},
			{"871751006", "Hepatitis A vaccine"}, {"836377006", "Influenza vaccine"}, {"836381006", "Diphtheria vaccine"},
			{"836402002", "BCG vaccine"}, {"1119349007", "SARS-CoV-2 mRNA vaccine"},
		},
		refusals: []concept{
			{"310376006", "Immunisation consent not given"}, {"591000119102", "Vaccine declined by patient"},
		},
		visits: []concept{
			{"185349003", "Encounter for check up"}, {"11429006", "Consultation"}, {"308335008", "Patient encounter procedure"},
			{"390906007", "Follow-up encounter"}, {"50849002", "Emergency room admission"},
			{"4525004", "Emergency department patient visit"}, {"185389009", "Follow-up visit"},
		},
		services: []concept{
			{"394579002", "Cardiology"}, {"394593009", "Medical oncology"}, {"394609007", "General surgery"},
			{"394610002", "Neurosurgery"}, {"394591006", "Neurology"}, {"394592004", "Clinical oncology"},
		},
	}
}
