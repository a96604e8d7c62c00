-- What somebody would write by hand for the columns of view patient, knowing that the data is sound: the floor of the benchmarks.
select id, meta."lastUpdated", identifier[1].value, identifier[1].extension[1]."valueCodeableConcept".coding[1].code as status,
name[1].family, array_to_string(name[1].given, ' '), "birthDate", gender, address[1]."postalCode", "deceasedDateTime", "deceasedDateTime" is not null or "deceasedBoolean" as is_deceased, meta.security[1].code as security
from read_ndjson(FILES, columns = {id: 'VARCHAR', meta: 'STRUCT("lastUpdated" TIMESTAMPTZ, security STRUCT(code VARCHAR)[])',
identifier: 'STRUCT(value VARCHAR, extension STRUCT("valueCodeableConcept" STRUCT(coding STRUCT(code VARCHAR)[]))[])[]',
name: 'STRUCT(family VARCHAR, given VARCHAR[])[]', "birthDate": 'DATE', gender: 'VARCHAR', address: 'STRUCT("postalCode" VARCHAR)[]', "deceasedDateTime": 'VARCHAR', "deceasedBoolean": 'BOOLEAN'})
