-- What somebody would write by hand for the columns of view medication, knowing that the data is sound: the floor of the benchmarks.
select id, meta."lastUpdated", status, code.coding[1].code, code.coding[1].system, code.coding[1].display, code.text as code_text,
array_to_string(list_transform(meta.security, lambda l: l.code), ',') as confidentiality, null::varchar as other, false as unreadable, "modifierExtension" is not null as modified
from read_ndjson(FILES, columns = {id: 'VARCHAR', "modifierExtension": 'JSON[]', meta: 'STRUCT("lastUpdated" TIMESTAMPTZ, security STRUCT(code VARCHAR)[])', status: 'VARCHAR',
code: 'STRUCT(coding STRUCT(code VARCHAR, system VARCHAR, display VARCHAR)[], text VARCHAR)'})
