-- What somebody would write by hand for the columns of view allergy_intolerance, knowing that the data is sound: the floor of the benchmarks.
select id, meta."lastUpdated", patient.reference[9:], "verificationStatus".coding[1].code as verification, "clinicalStatus".coding[1].code as clinical, criticality,
code.coding[1].code, code.coding[1].system, code.coding[1].display, "recordedDate"
from read_ndjson(FILES, columns = {id: 'VARCHAR', meta: 'STRUCT("lastUpdated" TIMESTAMPTZ)', patient: 'STRUCT(reference VARCHAR)', "verificationStatus": 'STRUCT(coding STRUCT(code VARCHAR)[])',
"clinicalStatus": 'STRUCT(coding STRUCT(code VARCHAR)[])', criticality: 'VARCHAR', code: 'STRUCT(coding STRUCT(code VARCHAR, system VARCHAR, display VARCHAR)[])', "recordedDate": 'TIMESTAMPTZ'})
