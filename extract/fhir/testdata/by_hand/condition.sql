-- What somebody would write by hand for the columns of view condition, knowing that the data is sound: the floor of the benchmarks.
select id, meta."lastUpdated", subject.reference[9:], subject.identifier.value as number, "verificationStatus".coding[1].code as verification, false as other_verification, "clinicalStatus".coding[1].code as clinical, category[1].coding[1].code as category,
code.coding[1].code, code.coding[1].system, code.coding[1].display, code.text, cast("onsetDateTime" as timestamptz) as onset_at, "onsetDateTime", "onsetString", "recordedDate",
array_to_string(list_transform(meta.security, lambda l: l.code), ',') as confidentiality, null::varchar as other, false as unreadable, "modifierExtension" is not null as modified
from read_ndjson(FILES, columns = {id: 'VARCHAR', "modifierExtension": 'JSON[]', meta: 'STRUCT("lastUpdated" TIMESTAMPTZ, security STRUCT(code VARCHAR)[])', subject: 'STRUCT(reference VARCHAR, identifier STRUCT(value VARCHAR))', "verificationStatus": 'STRUCT(coding STRUCT(code VARCHAR)[])',
"clinicalStatus": 'STRUCT(coding STRUCT(code VARCHAR)[])', category: 'STRUCT(coding STRUCT(code VARCHAR)[])[]', code: 'STRUCT(coding STRUCT(code VARCHAR, system VARCHAR, display VARCHAR)[], text VARCHAR)',
"onsetDateTime": 'VARCHAR', "onsetString": 'VARCHAR', "recordedDate": 'TIMESTAMPTZ'})
