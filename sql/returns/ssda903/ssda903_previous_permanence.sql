-- grain: collection_year, person_id
-- reads: int_return_answers, int_ssda903_children, ssda903_header
-- publishes to: returns/ssda903_previous_permanence
-- why: For children who started to be looked after in the collection year, whether an earlier
--   permanence order had failed, as the admission's form says: the form nearest to the last start.
with asked as (
    select
        children.collection_year, children.person_id, children.child, children.last_started_on,
        answers.workflow_step_id, min(answers.started_at) as started_at,
        max(case when answers.field = 'return_previous_permanence'
            then upper(answers.text_answer) end) as prev_perm,
        max(case when answers.field = 'return_previous_permanence_authority'
            then upper(answers.text_answer) end) as la_perm,
        max(case when answers.field = 'return_previous_permanence_on' then answers.answered_on end)
            as date_perm
    from int_ssda903_children as children
    left join int_return_answers as answers
        on answers.person_id = children.person_id and answers.kind = 'admission'
    where children.last_started_on is not null
    group by children.collection_year, children.person_id, children.child, children.last_started_on,
        answers.workflow_step_id
),

nearest as (
    select
        *,
        row_number() over (
            partition by collection_year, person_id
            order by abs(date_diff('day', cast(started_at as date), last_started_on)) nulls last,
                workflow_step_id
        ) as place
    from asked
)

select
    nearest.collection_year, nearest.person_id, nearest.child, header.dob, nearest.prev_perm,
    case when nearest.prev_perm <> 'Z1' then nearest.la_perm end as la_perm,
    case when nearest.prev_perm <> 'Z1' then nearest.date_perm end as date_perm,
        nearest.workflow_step_id,
    row_number() over (partition by nearest.collection_year order by nearest.person_id)
        as row_position
from nearest
inner join ssda903_header as header
    on header.collection_year = nearest.collection_year and header.person_id = nearest.person_id
where nearest.place = 1 and nearest.workflow_step_id is not null
