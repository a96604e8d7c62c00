-- grain: source, position
-- reads: extract.unread_values
-- why: each row that a source sent and the run could not take, with the ids and words in it that
--   can still be read
select
    source,
    position,
    max(table_name) as table_name,
    max(file) as file,
    max(line) as line,
    concat_ws(
        ' ', max(table_name), max(key),
        max(case when file is not null then 'line ' || cast(line as varchar) || ' of ' || file end)
    ) || ': ' || coalesce(max(at_fault) || ', ', '') || max(rule)
        || ' (row ' || cast(position as varchar) || ' of the quarantine of ' || source
            || ')' as record,
    max(rule) as rule,
    max(try_cast(case when column_name = 'person_id' then value end as bigint)) as person_id,
    max(try_cast(case when column_name = 'other_person_id' then value end as bigint))
        as other_person_id,
    max(try_cast(case when column_name = 'subject_person_id' then value end as bigint))
        as subject_person_id,
    max(try_cast(case when column_name = 'subject_compound_id' then value end as bigint))
        as subject_id,
    max(case when column_name = 'subject_type_code' then upper(text_of(value)) end) as subject_type,
    max(try_cast(case when column_name = 'workflow_step_id' then value end as bigint))
        as workflow_step_id,
    max(try_cast(case when column_name = 'workflow_step_type_id' then value end as bigint))
        as workflow_step_type_id,
    max(try_cast(case when column_name = 'subgroup_id' then value end as bigint)) as subgroup_id,
    max(try_cast(case when column_name = 'mapping_id' then value end as bigint)) as mapping_id,
    max(case when column_name = 'question_user_code' then lower(text_of(value)) end)
        as question_user_code,
    max(try_cast(case when column_name = 'personal_rel_type_id' then value end as bigint))
        as personal_rel_type_id,
    max(case when column_name = 'reference_type' then lower(text_of(value)) end) as reference_type,
    max(case when column_name = 'reference' then text_of(value) end) as reference,
    max(case when column_name = 'telephone_number_type' then lower(text_of(value)) end)
        as telephone_type,
    max(case when column_name in ('last_name', 'family') then fold_name(value) end) as family,
    max(case when column_name in ('first_name', 'given') then fold_name(value) end) as given,
    max(try_cast(case when column_name in ('date_of_birth', 'birth_date')
        then substr(value, 1, 10) end as date)) as birth_date,
    max(case when column_name = 'unique_reference' then value end) as unique_reference,
    coalesce(max(case when column_name = 'is_marked' then value end) <> 'false', true)
        as may_be_marked
from "extract".unread_values
group by source, position
