-- What somebody would write by hand for the columns of view condition, knowing that the data is sound: the floor of the benchmarks.
select id, meta."lastUpdated", subject.reference[9:], "verificationStatus".coding[1].code as verification, "clinicalStatus".coding[1].code as clinical, category[1].coding[1].code as category,
code.coding[1].code, code.coding[1].system, code.coding[1].display, cast("onsetDateTime" as timestamptz) as onset_at, "onsetDateTime", "recordedDate"
from read_ndjson(FILES, columns = {id: 'VARCHAR', meta: 'STRUCT("lastUpdated" TIMESTAMPTZ)', subject: 'STRUCT(reference VARCHAR)', "verificationStatus": 'STRUCT(coding STRUCT(code VARCHAR)[])',
"clinicalStatus": 'STRUCT(coding STRUCT(code VARCHAR)[])', category: 'STRUCT(coding STRUCT(code VARCHAR)[])[]', code: 'STRUCT(coding STRUCT(code VARCHAR, system VARCHAR, display VARCHAR)[])',
"onsetDateTime": 'VARCHAR', "recordedDate": 'TIMESTAMPTZ'})
