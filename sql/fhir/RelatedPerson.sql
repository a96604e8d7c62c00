-- resource: RelatedPerson
-- dataset: advocates_and_next_of_kin
-- grain: one resource a row of advocates_and_next_of_kin
-- why: who speaks for a person or is next of kin. Mapping: FHIR R4 RelatedPerson, profile UK Core
--   RelatedPerson. Neither standard has codes for advocates, parental responsibility or informal
--   carers, so relationship says those in words
with rows as (
    select
        contacts.person_id,
        contacts.contact_key,
        contacts.role,
        contacts.relationship,
        contacts.contact_name,
        contacts.telephone,
        contacts.has_parental_responsibility,
        contacts.is_informal_carer,
        contacts.started_on,
        case contacts.relationship
            when 'Mother' then 'MTH'
            when 'Father' then 'FTH'
            when 'Spouse' then 'SPS'
            when 'Civil partner' then 'DOMPART'
            when 'Son' then 'SON'
            when 'Daughter' then 'DAU'
        end as code
    from advocates_and_next_of_kin as contacts
),

final as (
    select
        cast(rows.person_id as varchar) || '-' || rows.contact_key || '-'
            || replace(rows.role, '_', '-') as id,
        'RelatedPerson' as "resourceType",
        {'profile': ['https://fhir.hl7.org.uk/StructureDefinition/UKCore-RelatedPerson'],
            'security': labels} as meta,
        [{'system': 'urn:careshare:contact', 'value': rows.contact_key}] as identifier,
        true as active,
        {'reference': 'Patient/' || cast(rows.person_id as varchar)} as patient,
        list_filter([
            {
                'coding': case when rows.code is not null
                    then [{'system': 'http://terminology.hl7.org/CodeSystem/v3-RoleCode',
                        'code': rows.code}] end,
                'text': rows.relationship
            },
            {'coding': null, 'text': 'role: ' || replace(rows.role, '_', ' ')},
            {'coding': null, 'text': case
                when rows.has_parental_responsibility then 'parental responsibility: yes'
                when not rows.has_parental_responsibility then 'parental responsibility: no' end},
            {'coding': null, 'text': case when rows.is_informal_carer then 'informal carer: yes'
                when not rows.is_informal_carer then 'informal carer: no' end}
        ], lambda concept: concept.text is not null) as relationship,
        case when rows.contact_name is not null then [{'text': rows.contact_name}] end as name,
        case when rows.telephone is not null then [{'system': 'phone', 'value': rows.telephone}] end
            as telecom,
        case when rows.started_on is not null then {'start': rows.started_on} end as period
    from rows
    cross join fhir_export
)

select * from final
