-- grain: collection_year, registration_id, person_id, reviewed_on
-- reads: cin_protection_plans, config.return_periods, int_cin_steps
-- publishes to: returns/cin_protection_reviews
-- why: the review conferences of a census's plans: each of the plan that ran on its day, else of
--   one that began in the month after, so that a review before its plan is found as that mistake
with periods as (
    select year as collection_year, starts_on, as_at from config.return_periods
    where return_name = 'cin'
),

reviews as (
    select periods.collection_year, steps.person_id, steps.workflow_step_id,
        steps.conference_on as reviewed_on
    from int_cin_steps as steps
    inner join periods on steps.conference_on between periods.starts_on and periods.as_at
    where steps.kind = 'review_conference'
),

placed as (
    select
        reviews.collection_year, reviews.person_id, reviews.workflow_step_id, reviews.reviewed_on,
        plans.registration_id,
        row_number() over (
            partition by reviews.collection_year, reviews.person_id, reviews.workflow_step_id
            order by case when plans.started_on <= reviews.reviewed_on then 0 else 1 end,
                plans.started_on desc, plans.registration_id
        ) as rank
    from reviews
    inner join cin_protection_plans as plans
        on plans.collection_year = reviews.collection_year and plans.person_id = reviews.person_id
        and plans.started_on <= reviews.reviewed_on + interval '30' day
        and (plans.ended_on is null or reviews.reviewed_on <= plans.ended_on)
)

select collection_year, person_id, registration_id, reviewed_on,
    min(workflow_step_id) as workflow_step_id
from placed
where rank = 1
group by collection_year, person_id, registration_id, reviewed_on
