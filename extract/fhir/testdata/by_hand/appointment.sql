-- What somebody would write by hand for the columns of view appointment, knowing that the data is sound: the floor of the benchmarks.
select id, meta."lastUpdated", participant[1].actor.reference[9:], status, "serviceType"[1].coding[1].display, start, "end"
from read_ndjson(FILES, columns = {id: 'VARCHAR', meta: 'STRUCT("lastUpdated" TIMESTAMPTZ)', participant: 'STRUCT(actor STRUCT(reference VARCHAR))[]', status: 'VARCHAR',
"serviceType": 'STRUCT(coding STRUCT(display VARCHAR)[])[]', start: 'TIMESTAMPTZ', "end": 'TIMESTAMPTZ'})
