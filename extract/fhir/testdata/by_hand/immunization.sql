-- What somebody would write by hand for the columns of view immunization, knowing that the data is sound: the floor of the benchmarks.
select id, meta."lastUpdated", patient.reference[9:], status, "statusReason".text, "vaccineCode".coding[1].code, "vaccineCode".coding[1].system, "vaccineCode".coding[1].display, "occurrenceDateTime"
from read_ndjson(FILES, columns = {id: 'VARCHAR', meta: 'STRUCT("lastUpdated" TIMESTAMPTZ)', patient: 'STRUCT(reference VARCHAR)', status: 'VARCHAR', "statusReason": 'STRUCT(text VARCHAR)',
"vaccineCode": 'STRUCT(coding STRUCT(code VARCHAR, system VARCHAR, display VARCHAR)[])', "occurrenceDateTime": 'TIMESTAMPTZ'})
