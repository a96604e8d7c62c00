-- What somebody would write by hand for the columns of view encounter, knowing that the data is sound: the floor of the benchmarks.
select id, meta."lastUpdated", subject.reference[9:], subject.identifier.value as number, status, class.code, type[1].coding[1].display, period.start, period."end", "serviceProvider".reference,
array_to_string(list_transform(meta.security, lambda l: l.code), ',') as confidentiality, null::varchar as other, false as unreadable, "modifierExtension" is not null as modified
from read_ndjson(FILES, columns = {id: 'VARCHAR', "modifierExtension": 'JSON[]', meta: 'STRUCT("lastUpdated" TIMESTAMPTZ, security STRUCT(code VARCHAR)[])', subject: 'STRUCT(reference VARCHAR, identifier STRUCT(value VARCHAR))', status: 'VARCHAR', class: 'STRUCT(code VARCHAR)',
type: 'STRUCT(coding STRUCT(display VARCHAR)[])[]', period: 'STRUCT(start TIMESTAMPTZ, "end" TIMESTAMPTZ)', "serviceProvider": 'STRUCT(reference VARCHAR)'})
