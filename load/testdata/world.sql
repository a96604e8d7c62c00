-- A council of 20 people. 1 to 8 are shared; 9 and 10 have refused medications; 11 to 20 are out of scope.
create table everyone as select range + 1 as person_id, printf('999%07d', range + 1) as nhs_number from range(20);
create table people as
    select person_id, nhs_number, '01' as nhs_number_status, 'verified' as standing, 'held_and_verified' as method
    from everyone where person_id <= 10;
create table medications as
    select person_id, nhs_number, 'north' as sender, printf('m-%d-%d', person_id, n) as resource_id,
        'canary drug' as display, timestamptz '2026-10-01 07:00:00+00' + to_hours(n::integer) as recorded_at
    from everyone, range(3) as t(n) where person_id <= 8 order by hash(person_id, n);
create table case_status as
    select person_id, nhs_number, kind, 'open' as status
    from everyone, (values ('service'), ('assessment')) as t(kind) where person_id <= 10;
create table decisions as
    select person_id, dataset, 'direct-care' as audience,
        case when person_id > 10 then 'out_of_scope' when dataset = 'medications' and person_id > 8 then 'withheld' else 'shared' end as decision,
        case when person_id > 10 then 'in_episode' when dataset = 'medications' and person_id > 8 then 'consented' else '' end as gate,
        case when person_id > 10 then 'no_episode' when dataset = 'medications' and person_id > 8 then 'refused' else 'all_gates_open' end as reason,
        null::varchar as evidence, 'decisions' as rule
    from everyone, (values ('medications'), ('case_status'), ('people')) as t(dataset);
create table withheld as
    select person_id, dataset, gate, reason, 3::bigint as count_rows from decisions where decision = 'withheld';
create table conservation as
    select stage, source, table_name, rows_in::bigint as rows_in, rows_out::bigint as rows_out, withheld::bigint as withheld,
        out_of_scope::bigint as out_of_scope, 0::bigint as quarantined, 0::bigint as merged,
        (rows_in - rows_out - withheld - out_of_scope)::bigint as difference
    from (values ('extract', 'casestore', 'dm_persons', 20, 20, 0, 0), ('share', 'careshare', 'medications', 60, 24, 6, 30),
        ('share', 'careshare', 'case_status', 40, 20, 0, 20), ('share', 'careshare', 'people', 20, 10, 0, 10))
        as t(stage, source, table_name, rows_in, rows_out, withheld, out_of_scope);
