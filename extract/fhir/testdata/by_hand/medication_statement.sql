-- What somebody would write by hand for the columns of view medication_statement, knowing that the data is sound: the floor of the benchmarks.
select id, meta."lastUpdated", subject.reference[9:], status, "medicationCodeableConcept".coding[1].code, "medicationCodeableConcept".coding[1].system,
"medicationCodeableConcept".coding[1].display, dosage[1].text, "effectiveDateTime", "dateAsserted"
from read_ndjson(FILES, columns = {id: 'VARCHAR', meta: 'STRUCT("lastUpdated" TIMESTAMPTZ)', subject: 'STRUCT(reference VARCHAR)', status: 'VARCHAR',
"medicationCodeableConcept": 'STRUCT(coding STRUCT(code VARCHAR, system VARCHAR, display VARCHAR)[])', dosage: 'STRUCT(text VARCHAR)[]', "effectiveDateTime": 'TIMESTAMPTZ', "dateAsserted": 'TIMESTAMPTZ'})
