-- What somebody would write by hand for the columns of view medication_request, knowing that the data is sound: the floor of the benchmarks.
select id, meta."lastUpdated", subject.reference[9:], status, intent, "medicationCodeableConcept".coding[1].code, "medicationCodeableConcept".coding[1].system,
"medicationCodeableConcept".coding[1].display, "dosageInstruction"[1].text, "authoredOn"
from read_ndjson(FILES, columns = {id: 'VARCHAR', meta: 'STRUCT("lastUpdated" TIMESTAMPTZ)', subject: 'STRUCT(reference VARCHAR)', status: 'VARCHAR', intent: 'VARCHAR',
"medicationCodeableConcept": 'STRUCT(coding STRUCT(code VARCHAR, system VARCHAR, display VARCHAR)[])', "dosageInstruction": 'STRUCT(text VARCHAR)[]', "authoredOn": 'TIMESTAMPTZ'})
