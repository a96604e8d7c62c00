-- grain: populations, field_position
-- reads: config.cld_conditions, config.cld_fields, int_cld_populations
-- why: For every mixture of populations that occurs, the status of each field that DHSC checks: 2
--   mandatory, 1 applicable but not mandatory, 0 not applicable, -1 undetermined. Mandatory for one
--   population is mandatory.
with mixtures as (
    select distinct populations from int_cld_populations
),

members as (
    select mixtures.populations, parts.population
    from mixtures
    cross join unnest(split(mixtures.populations, '|')) as parts (population)
),

claimed as (
    select
        members.populations, conditions.field,
        max(conditions.status) as most, min(conditions.status) as least
    from members
    inner join config.cld_conditions as conditions on conditions.population = members.population
    group by members.populations, conditions.field
)

select
    mixtures.populations, fields.position as field_position, fields.field, fields.list_known,
    fields.form,
    case
        when claimed.most = 2 then 2
        when claimed.least = -1 then -1
        else coalesce(claimed.most, 0)
    end as status
from mixtures
cross join config.cld_fields as fields
left join claimed on claimed.populations = mixtures.populations and claimed.field = fields.field
where fields.data_field is not null
