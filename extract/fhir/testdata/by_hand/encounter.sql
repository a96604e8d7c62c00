-- What somebody would write by hand for the columns of view encounter, knowing that the data is sound: the floor of the benchmarks.
select id, meta."lastUpdated", subject.reference[9:], status, class.code, type[1].coding[1].display, period.start, period."end", "serviceProvider".reference
from read_ndjson(FILES, columns = {id: 'VARCHAR', meta: 'STRUCT("lastUpdated" TIMESTAMPTZ)', subject: 'STRUCT(reference VARCHAR)', status: 'VARCHAR', class: 'STRUCT(code VARCHAR)',
type: 'STRUCT(coding STRUCT(display VARCHAR)[])[]', period: 'STRUCT(start TIMESTAMPTZ, "end" TIMESTAMPTZ)', "serviceProvider": 'STRUCT(reference VARCHAR)'})
