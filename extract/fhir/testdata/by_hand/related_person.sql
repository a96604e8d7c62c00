-- What somebody would write by hand for the columns of view related_person, knowing that the data is sound: the floor of the benchmarks.
select id, meta."lastUpdated", patient.reference[9:], patient.identifier.value as number, relationship[1].coding[1].code, name[1].family, array_to_string(name[1].given, ' '), telecom[1].value
from read_ndjson(FILES, columns = {id: 'VARCHAR', meta: 'STRUCT("lastUpdated" TIMESTAMPTZ)', patient: 'STRUCT(reference VARCHAR, identifier STRUCT(value VARCHAR))', relationship: 'STRUCT(coding STRUCT(code VARCHAR)[])[]',
name: 'STRUCT(family VARCHAR, given VARCHAR[])[]', telecom: 'STRUCT(value VARCHAR)[]'})
