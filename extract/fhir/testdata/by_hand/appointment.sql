-- What somebody would write by hand for the columns of view appointment, knowing that the data is sound: the floor of the benchmarks.
select id, meta."lastUpdated", participant[1].actor.reference[9:], participant[1].actor.identifier.value as number, status, participant[1].status = 'declined' as is_declined, "serviceType"[1].coding[1].display, start, "end",
array_to_string(list_transform(meta.security, lambda l: l.code), ',') as confidentiality, null::varchar as other, false as unreadable, "modifierExtension" is not null as modified
from read_ndjson(FILES, columns = {id: 'VARCHAR', "modifierExtension": 'JSON[]', meta: 'STRUCT("lastUpdated" TIMESTAMPTZ, security STRUCT(code VARCHAR)[])', participant: 'STRUCT(actor STRUCT(reference VARCHAR, identifier STRUCT(value VARCHAR)), status VARCHAR)[]', status: 'VARCHAR',
"serviceType": 'STRUCT(coding STRUCT(display VARCHAR)[])[]', start: 'TIMESTAMPTZ', "end": 'TIMESTAMPTZ'})
