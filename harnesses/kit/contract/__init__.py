"""The contract harness: does an app behave as its project's ``openapi.yaml`` says?

``runner``     the run, from setup to ``finished``
``document``   the OpenAPI document as data: operations, answers, shapes
``generator``  Schemathesis, set up so that it is repeatable and reads nothing of anybody else
``sender``     requests to the app: bounded, kept as evidence, watched for the app's death
``lens``       readings of the brief that cost nothing, taken out of an answer before it is judged
``stock``      resources that exist, so that requests for one find it
``judge``      Schemathesis checks on one answer
``findings``   failures, grouped by cause
``outcome``    from findings to the results of criteria
``validate``   whether an author's document can be used at all
"""
