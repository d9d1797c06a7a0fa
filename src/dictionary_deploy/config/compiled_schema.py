# Generated from dictionaries.schema.json by `python -m docs.generate`. Do not edit.
"""Tell valid configurations from invalid ones. jsonschema then finds every fault of an invalid one."""

import re


class JsonSchemaValueException(Exception):
    pass



REGEX_PATTERNS = {
    '^(?!xn--|sthree-|amzn-s3-demo-)(?!.*(-s3alias|--ol-s3|\\.mrap|--x-s3|--table-s3)$)(?!.*\\.\\.)(?![0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$': re.compile('^(?!xn--|sthree-|amzn-s3-demo-)(?!.*(-s3alias|--ol-s3|\\.mrap|--x-s3|--table-s3)\\Z)(?!.*\\.\\.)(?![0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+\\Z)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\\Z'),
    "^(?!/)(?!.*//)(?!.*/$)(?!(.*/)?\\.\\.?(/|$))[A-Za-z0-9/!_.'()-]+$": re.compile("^(?!/)(?!.*//)(?!.*/\\Z)(?!(.*/)?\\.\\.?(/|\\Z))[A-Za-z0-9/!_.'()-]+\\Z"),
    '^(?!refs/heads/)(?!@$)(?!.*(\\.\\.|@\\{|//|/\\.))(?!.*\\.lock(/|$))(?!.*[/.]$)(?![-/.])[^\\u0000-\\u0020\\u007f~^:?*\\[\\\\]+$': re.compile('^(?!refs/heads/)(?!@\\Z)(?!.*(\\.\\.|@\\{|//|/\\.))(?!.*\\.lock(/|\\Z))(?!.*[/.]\\Z)(?![-/.])[^\\u0000-\\u0020\\u007f~^:?*\\[\\\\]+\\Z'),
    '^[a-z]{2,8}(-[a-z]+)+-[0-9]{1,2}$': re.compile('^[a-z]{2,8}(-[a-z]+)+-[0-9]{1,2}\\Z'),
    '^[0-9]{12}$': re.compile('^[0-9]{12}\\Z'),
    '^[^\\u0000-\\u001f\\u007f-\\u009f]{1,255}$': re.compile('^[^\\u0000-\\u001f\\u007f-\\u009f]{1,255}\\Z'),
    '^(?!/)(?!.*//)(?!.*/$)(?!(.*/)?\\.\\.?(/|$))(?!(.*/)?\\.[gG][iI][tT](/|$))[^\\u0000-\\u001f\\u007f-\\u009f\\\\]+$': re.compile('^(?!/)(?!.*//)(?!.*/\\Z)(?!(.*/)?\\.\\.?(/|\\Z))(?!(.*/)?\\.[gG][iI][tT](/|\\Z))[^\\u0000-\\u001f\\u007f-\\u009f\\\\]+\\Z'),
    '^(G[0-9]+|pkg-[0-9a-f]+)$': re.compile('^(G[0-9]+|pkg-[0-9a-f]+)\\Z'),
    '^([a-z][a-z0-9-]{2,255}|F[0-9]{1,255})$': re.compile('^([a-z][a-z0-9-]{2,255}|F[0-9]{1,255})\\Z'),
    '^[a-z][a-z0-9]*(-[a-z0-9]+)*$': re.compile('^[a-z][a-z0-9]*(-[a-z0-9]+)*\\Z'),
    '^(opensearch|elasticsearch)-[0-9]{1,3}\\.([0-9]{1,3}(\\.([0-9]{1,3}|x))?|x)$': re.compile('^(opensearch|elasticsearch)-[0-9]{1,3}\\.([0-9]{1,3}(\\.([0-9]{1,3}|x))?|x)\\Z'),
    '^[A-Za-z0-9_.-]{1,255}$': re.compile('^[A-Za-z0-9_.-]{1,255}\\Z'),
    '^(?![-_+])[^A-Z\\s"#,/:<>?\\\\|]{1,255}$': re.compile('^(?![-_+])[^A-Z\\s"#,/:<>?\\\\|]{1,255}\\Z'),
    '^[a-z][a-z0-9-]{2,27}$': re.compile('^[a-z][a-z0-9-]{2,27}\\Z')
}

NoneType = type(None)

def validate_dictionaries_schema_json(data, custom_formats={}, name_prefix=None):
    if not isinstance(data, (dict)):
        raise JsonSchemaValueException
    data_is_dict = isinstance(data, dict)
    if data_is_dict:
        data_keys = set(data.keys())
        if "bucket" in data_keys:
            data_keys.remove("bucket")
            data__bucket = data["bucket"]
            if not isinstance(data__bucket, (str)):
                raise JsonSchemaValueException
            if isinstance(data__bucket, str):
                if not REGEX_PATTERNS['^(?!xn--|sthree-|amzn-s3-demo-)(?!.*(-s3alias|--ol-s3|\\.mrap|--x-s3|--table-s3)$)(?!.*\\.\\.)(?![0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$'].search(data__bucket):
                    raise JsonSchemaValueException
        if "domains" in data_keys:
            data_keys.remove("domains")
            data__domains = data["domains"]
            validate_dictionaries_schema_json___defs_domains(data__domains, custom_formats, (name_prefix or "data") + ".domains")
        if "prefix" in data_keys:
            data_keys.remove("prefix")
            data__prefix = data["prefix"]
            if not isinstance(data__prefix, (str)):
                raise JsonSchemaValueException
            if isinstance(data__prefix, str):
                data__prefix_len = len(data__prefix)
                if data__prefix_len > 512:
                    raise JsonSchemaValueException
                if not REGEX_PATTERNS["^(?!/)(?!.*//)(?!.*/$)(?!(.*/)?\\.\\.?(/|$))[A-Za-z0-9/!_.'()-]+$"].search(data__prefix):
                    raise JsonSchemaValueException
        if "branch" in data_keys:
            data_keys.remove("branch")
            data__branch = data["branch"]
            if not isinstance(data__branch, (str)):
                raise JsonSchemaValueException
            if isinstance(data__branch, str):
                data__branch_len = len(data__branch)
                if data__branch_len > 244:
                    raise JsonSchemaValueException
                if not REGEX_PATTERNS['^(?!refs/heads/)(?!@$)(?!.*(\\.\\.|@\\{|//|/\\.))(?!.*\\.lock(/|$))(?!.*[/.]$)(?![-/.])[^\\u0000-\\u0020\\u007f~^:?*\\[\\\\]+$'].search(data__branch):
                    raise JsonSchemaValueException
        if "service" in data_keys:
            data_keys.remove("service")
            data__service = data["service"]
            if not (isinstance(data__service, str) and data__service == 'es' or isinstance(data__service, str) and data__service == 'opensearch'):
                raise JsonSchemaValueException
        if "region" in data_keys:
            data_keys.remove("region")
            data__region = data["region"]
            if not isinstance(data__region, (str)):
                raise JsonSchemaValueException
            if isinstance(data__region, str):
                if not REGEX_PATTERNS['^[a-z]{2,8}(-[a-z]+)+-[0-9]{1,2}$'].search(data__region):
                    raise JsonSchemaValueException
        if "expected-bucket-owner" in data_keys:
            data_keys.remove("expected-bucket-owner")
            data__expectedbucketowner = data["expected-bucket-owner"]
            if not isinstance(data__expectedbucketowner, (str)):
                raise JsonSchemaValueException
            if isinstance(data__expectedbucketowner, str):
                if not REGEX_PATTERNS['^[0-9]{12}$'].search(data__expectedbucketowner):
                    raise JsonSchemaValueException
        if "take-over" in data_keys:
            data_keys.remove("take-over")
            data__takeover = data["take-over"]
            if not isinstance(data__takeover, (bool)):
                raise JsonSchemaValueException
        if "indices" in data_keys:
            data_keys.remove("indices")
            data__indices = data["indices"]
            validate_dictionaries_schema_json___defs_indices(data__indices, custom_formats, (name_prefix or "data") + ".indices")
        if "apply" in data_keys:
            data_keys.remove("apply")
            data__apply = data["apply"]
            validate_dictionaries_schema_json___defs_apply(data__apply, custom_formats, (name_prefix or "data") + ".apply")
        if "dictionaries" in data_keys:
            data_keys.remove("dictionaries")
            data__dictionaries = data["dictionaries"]
            if not isinstance(data__dictionaries, (list, tuple)):
                raise JsonSchemaValueException
            data__dictionaries_is_list = isinstance(data__dictionaries, (list, tuple))
            if data__dictionaries_is_list:
                data__dictionaries_len = len(data__dictionaries)
                if data__dictionaries_len < 1:
                    raise JsonSchemaValueException
                if data__dictionaries_len > 200:
                    raise JsonSchemaValueException
                for data__dictionaries_x, data__dictionaries_item in enumerate(data__dictionaries):
                    validate_dictionaries_schema_json___defs_dictionary(data__dictionaries_item, custom_formats, (name_prefix or "data") + ".dictionaries[{data__dictionaries_x}]".format(**locals()))
        if "environments" in data_keys:
            data_keys.remove("environments")
            data__environments = data["environments"]
            if not isinstance(data__environments, (dict)):
                raise JsonSchemaValueException
            data__environments_is_dict = isinstance(data__environments, dict)
            if data__environments_is_dict:
                data__environments_len = len(data__environments)
                if data__environments_len < 1:
                    raise JsonSchemaValueException
                if data__environments_len > 50:
                    raise JsonSchemaValueException
                data__environments_keys = set(data__environments.keys())
                for data__environments_key in data__environments_keys:
                    if data__environments_key not in []:
                        data__environments_value = data__environments.get(data__environments_key)
                        validate_dictionaries_schema_json___defs_environment(data__environments_value, custom_formats, (name_prefix or "data") + ".environments.{data__environments_key}".format(**locals()))
                if data__environments_len != 0:
                    data__environments_property_names = True
                    for data__environments_key in data__environments:
                        try:
                            if isinstance(data__environments_key, str):
                                if not REGEX_PATTERNS['^[^\\u0000-\\u001f\\u007f-\\u009f]{1,255}$'].search(data__environments_key):
                                    raise JsonSchemaValueException
                        except JsonSchemaValueException:
                            data__environments_property_names = False
                    if not data__environments_property_names:
                        raise JsonSchemaValueException
        if data_keys:
            raise JsonSchemaValueException
    try:
        try:
            data_is_dict = isinstance(data, dict)
            if data_is_dict:
                data__missing_keys = set(['environments']) - data.keys()
                if data__missing_keys:
                    raise JsonSchemaValueException
        except JsonSchemaValueException: pass
        else:
            raise JsonSchemaValueException
    except JsonSchemaValueException:
        pass
    else:
        data_is_dict = isinstance(data, dict)
        if data_is_dict:
            data__missing_keys = set(['bucket', 'domains', 'dictionaries']) - data.keys()
            if data__missing_keys:
                raise JsonSchemaValueException
            data_keys = set(data.keys())
            if "dictionaries" in data_keys:
                data_keys.remove("dictionaries")
                data__dictionaries = data["dictionaries"]
                data__dictionaries_is_list = isinstance(data__dictionaries, (list, tuple))
                if data__dictionaries_is_list:
                    data__dictionaries_len = len(data__dictionaries)
                    for data__dictionaries_x, data__dictionaries_item in enumerate(data__dictionaries):
                        data__dictionaries_item_is_dict = isinstance(data__dictionaries_item, dict)
                        if data__dictionaries_item_is_dict:
                            data__dictionaries_item__missing_keys = set(['file', 'package', 'kind']) - data__dictionaries_item.keys()
                            if data__dictionaries_item__missing_keys:
                                raise JsonSchemaValueException
    return data

def validate_dictionaries_schema_json___defs_environment(data, custom_formats={}, name_prefix=None):
    if not isinstance(data, (dict)):
        raise JsonSchemaValueException
    data_is_dict = isinstance(data, dict)
    if data_is_dict:
        data_keys = set(data.keys())
        if "bucket" in data_keys:
            data_keys.remove("bucket")
            data__bucket = data["bucket"]
            validate_dictionaries_schema_json__properties_bucket(data__bucket, custom_formats, (name_prefix or "data") + ".bucket")
        if "domains" in data_keys:
            data_keys.remove("domains")
            data__domains = data["domains"]
            validate_dictionaries_schema_json__properties_domains(data__domains, custom_formats, (name_prefix or "data") + ".domains")
        if "prefix" in data_keys:
            data_keys.remove("prefix")
            data__prefix = data["prefix"]
            validate_dictionaries_schema_json__properties_prefix(data__prefix, custom_formats, (name_prefix or "data") + ".prefix")
        if "branch" in data_keys:
            data_keys.remove("branch")
            data__branch = data["branch"]
            validate_dictionaries_schema_json__properties_branch(data__branch, custom_formats, (name_prefix or "data") + ".branch")
        if "service" in data_keys:
            data_keys.remove("service")
            data__service = data["service"]
            validate_dictionaries_schema_json__properties_service(data__service, custom_formats, (name_prefix or "data") + ".service")
        if "region" in data_keys:
            data_keys.remove("region")
            data__region = data["region"]
            validate_dictionaries_schema_json__properties_region(data__region, custom_formats, (name_prefix or "data") + ".region")
        if "expected-bucket-owner" in data_keys:
            data_keys.remove("expected-bucket-owner")
            data__expectedbucketowner = data["expected-bucket-owner"]
            validate_dictionaries_schema_json__properties_expected_bucket_owner(data__expectedbucketowner, custom_formats, (name_prefix or "data") + ".expected-bucket-owner")
        if "take-over" in data_keys:
            data_keys.remove("take-over")
            data__takeover = data["take-over"]
            validate_dictionaries_schema_json__properties_take_over(data__takeover, custom_formats, (name_prefix or "data") + ".take-over")
        if "indices" in data_keys:
            data_keys.remove("indices")
            data__indices = data["indices"]
            validate_dictionaries_schema_json__properties_indices(data__indices, custom_formats, (name_prefix or "data") + ".indices")
        if "apply" in data_keys:
            data_keys.remove("apply")
            data__apply = data["apply"]
            validate_dictionaries_schema_json__properties_apply(data__apply, custom_formats, (name_prefix or "data") + ".apply")
        if "dictionaries" in data_keys:
            data_keys.remove("dictionaries")
            data__dictionaries = data["dictionaries"]
            validate_dictionaries_schema_json__properties_dictionaries(data__dictionaries, custom_formats, (name_prefix or "data") + ".dictionaries")
        if data_keys:
            raise JsonSchemaValueException
    return data

def validate_dictionaries_schema_json__properties_dictionaries(data, custom_formats={}, name_prefix=None):
    if not isinstance(data, (list, tuple)):
        raise JsonSchemaValueException
    data_is_list = isinstance(data, (list, tuple))
    if data_is_list:
        data_len = len(data)
        if data_len < 1:
            raise JsonSchemaValueException
        if data_len > 200:
            raise JsonSchemaValueException
        for data_x, data_item in enumerate(data):
            validate_dictionaries_schema_json___defs_dictionary(data_item, custom_formats, (name_prefix or "data") + "[{data_x}]".format(**locals()))
    return data

def validate_dictionaries_schema_json__properties_apply(data, custom_formats={}, name_prefix=None):
    validate_dictionaries_schema_json___defs_apply(data, custom_formats, (name_prefix or "data") + "")
    return data

def validate_dictionaries_schema_json__properties_indices(data, custom_formats={}, name_prefix=None):
    validate_dictionaries_schema_json___defs_indices(data, custom_formats, (name_prefix or "data") + "")
    return data

def validate_dictionaries_schema_json__properties_take_over(data, custom_formats={}, name_prefix=None):
    if not isinstance(data, (bool)):
        raise JsonSchemaValueException
    return data

def validate_dictionaries_schema_json__properties_expected_bucket_owner(data, custom_formats={}, name_prefix=None):
    if not isinstance(data, (str)):
        raise JsonSchemaValueException
    if isinstance(data, str):
        if not REGEX_PATTERNS['^[0-9]{12}$'].search(data):
            raise JsonSchemaValueException
    return data

def validate_dictionaries_schema_json__properties_region(data, custom_formats={}, name_prefix=None):
    if not isinstance(data, (str)):
        raise JsonSchemaValueException
    if isinstance(data, str):
        if not REGEX_PATTERNS['^[a-z]{2,8}(-[a-z]+)+-[0-9]{1,2}$'].search(data):
            raise JsonSchemaValueException
    return data

def validate_dictionaries_schema_json__properties_service(data, custom_formats={}, name_prefix=None):
    if not (isinstance(data, str) and data == 'es' or isinstance(data, str) and data == 'opensearch'):
        raise JsonSchemaValueException
    return data

def validate_dictionaries_schema_json__properties_branch(data, custom_formats={}, name_prefix=None):
    if not isinstance(data, (str)):
        raise JsonSchemaValueException
    if isinstance(data, str):
        data_len = len(data)
        if data_len > 244:
            raise JsonSchemaValueException
        if not REGEX_PATTERNS['^(?!refs/heads/)(?!@$)(?!.*(\\.\\.|@\\{|//|/\\.))(?!.*\\.lock(/|$))(?!.*[/.]$)(?![-/.])[^\\u0000-\\u0020\\u007f~^:?*\\[\\\\]+$'].search(data):
            raise JsonSchemaValueException
    return data

def validate_dictionaries_schema_json__properties_prefix(data, custom_formats={}, name_prefix=None):
    if not isinstance(data, (str)):
        raise JsonSchemaValueException
    if isinstance(data, str):
        data_len = len(data)
        if data_len > 512:
            raise JsonSchemaValueException
        if not REGEX_PATTERNS["^(?!/)(?!.*//)(?!.*/$)(?!(.*/)?\\.\\.?(/|$))[A-Za-z0-9/!_.'()-]+$"].search(data):
            raise JsonSchemaValueException
    return data

def validate_dictionaries_schema_json__properties_domains(data, custom_formats={}, name_prefix=None):
    validate_dictionaries_schema_json___defs_domains(data, custom_formats, (name_prefix or "data") + "")
    return data

def validate_dictionaries_schema_json__properties_bucket(data, custom_formats={}, name_prefix=None):
    if not isinstance(data, (str)):
        raise JsonSchemaValueException
    if isinstance(data, str):
        if not REGEX_PATTERNS['^(?!xn--|sthree-|amzn-s3-demo-)(?!.*(-s3alias|--ol-s3|\\.mrap|--x-s3|--table-s3)$)(?!.*\\.\\.)(?![0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$'].search(data):
            raise JsonSchemaValueException
    return data

def validate_dictionaries_schema_json___defs_dictionary(data, custom_formats={}, name_prefix=None):
    if not isinstance(data, (dict)):
        raise JsonSchemaValueException
    data_is_dict = isinstance(data, dict)
    if data_is_dict:
        data__missing_keys = set(['file']) - data.keys()
        if data__missing_keys:
            raise JsonSchemaValueException
        data_keys = set(data.keys())
        if "file" in data_keys:
            data_keys.remove("file")
            data__file = data["file"]
            if not isinstance(data__file, (str)):
                raise JsonSchemaValueException
            if isinstance(data__file, str):
                data__file_len = len(data__file)
                if data__file_len > 512:
                    raise JsonSchemaValueException
                if not REGEX_PATTERNS['^(?!/)(?!.*//)(?!.*/$)(?!(.*/)?\\.\\.?(/|$))(?!(.*/)?\\.[gG][iI][tT](/|$))[^\\u0000-\\u001f\\u007f-\\u009f\\\\]+$'].search(data__file):
                    raise JsonSchemaValueException
        if "package" in data_keys:
            data_keys.remove("package")
            data__package = data["package"]
            if not isinstance(data__package, (str)):
                raise JsonSchemaValueException
            try:
                if not isinstance(data__package, (str)):
                    raise JsonSchemaValueException
                if isinstance(data__package, str):
                    if not REGEX_PATTERNS['^(G[0-9]+|pkg-[0-9a-f]+)$'].search(data__package):
                        raise JsonSchemaValueException
            except JsonSchemaValueException:
                if isinstance(data__package, str):
                    if not REGEX_PATTERNS['^([a-z][a-z0-9-]{2,255}|F[0-9]{1,255})$'].search(data__package):
                        raise JsonSchemaValueException
            else:
                raise JsonSchemaValueException
        if "kind" in data_keys:
            data_keys.remove("kind")
            data__kind = data["kind"]
            if not (isinstance(data__kind, str) and data__kind == 'synonyms' or isinstance(data__kind, str) and data__kind == 'wordnet-synonyms' or isinstance(data__kind, str) and data__kind == 'stopwords' or isinstance(data__kind, str) and data__kind == 'keep-words' or isinstance(data__kind, str) and data__kind == 'protected-words' or isinstance(data__kind, str) and data__kind == 'keywords' or isinstance(data__kind, str) and data__kind == 'articles' or isinstance(data__kind, str) and data__kind == 'common-words' or isinstance(data__kind, str) and data__kind == 'decompounder-words' or isinstance(data__kind, str) and data__kind == 'hyphenation-patterns' or isinstance(data__kind, str) and data__kind == 'stemmer-override' or isinstance(data__kind, str) and data__kind == 'word-delimiter-types' or isinstance(data__kind, str) and data__kind == 'char-mappings' or isinstance(data__kind, str) and data__kind == 'kuromoji-user-dictionary' or isinstance(data__kind, str) and data__kind == 'nori-user-dictionary' or isinstance(data__kind, str) and data__kind == 'ik-words' or isinstance(data__kind, str) and data__kind == 'sudachi' or isinstance(data__kind, str) and data__kind == 'text' or isinstance(data__kind, str) and data__kind == 'binary'):
                raise JsonSchemaValueException
        if "description" in data_keys:
            data_keys.remove("description")
            data__description = data["description"]
            if not isinstance(data__description, (str)):
                raise JsonSchemaValueException
            if isinstance(data__description, str):
                data__description_len = len(data__description)
                if data__description_len < 1:
                    raise JsonSchemaValueException
                if data__description_len > 1024:
                    raise JsonSchemaValueException
        if "domains" in data_keys:
            data_keys.remove("domains")
            data__domains = data["domains"]
            validate_dictionaries_schema_json___defs_domains(data__domains, custom_formats, (name_prefix or "data") + ".domains")
        if "create" in data_keys:
            data_keys.remove("create")
            data__create = data["create"]
            if not isinstance(data__create, (bool)):
                raise JsonSchemaValueException
        if "max-shrink" in data_keys:
            data_keys.remove("max-shrink")
            data__maxshrink = data["max-shrink"]
            if not isinstance(data__maxshrink, (int)) and True or isinstance(data__maxshrink, bool):
                raise JsonSchemaValueException
            if isinstance(data__maxshrink, (int, float)) and not isinstance(data__maxshrink, bool):
                if data__maxshrink < 0:
                    raise JsonSchemaValueException
                if data__maxshrink > 100:
                    raise JsonSchemaValueException
        if "shrink-to" in data_keys:
            data_keys.remove("shrink-to")
            data__shrinkto = data["shrink-to"]
            if not isinstance(data__shrinkto, (int)) and True or isinstance(data__shrinkto, bool):
                raise JsonSchemaValueException
            if isinstance(data__shrinkto, (int, float)) and not isinstance(data__shrinkto, bool):
                if data__shrinkto < 0:
                    raise JsonSchemaValueException
        if "allow-empty" in data_keys:
            data_keys.remove("allow-empty")
            data__allowempty = data["allow-empty"]
            if not isinstance(data__allowempty, (bool)):
                raise JsonSchemaValueException
        if "take-over" in data_keys:
            data_keys.remove("take-over")
            data__takeover = data["take-over"]
            if not isinstance(data__takeover, (bool)):
                raise JsonSchemaValueException
        if "ignore" in data_keys:
            data_keys.remove("ignore")
            data__ignore = data["ignore"]
            if not isinstance(data__ignore, (list, tuple)):
                raise JsonSchemaValueException
            data__ignore_is_list = isinstance(data__ignore, (list, tuple))
            if data__ignore_is_list:
                def fn(var): return frozenset(dict((k, fn(v)) for k, v in var.items()).items()) if hasattr(var, "items") else tuple(fn(v) for v in var) if isinstance(var, (dict, list)) else (bool, var) if isinstance(var, bool) else var
                data__ignore_len = len(data__ignore)
                if data__ignore_len > len(set(fn(data__ignore_x) for data__ignore_x in data__ignore)):
                    raise JsonSchemaValueException
                for data__ignore_x, data__ignore_item in enumerate(data__ignore):
                    if not isinstance(data__ignore_item, (str)):
                        raise JsonSchemaValueException
                    if isinstance(data__ignore_item, str):
                        if not REGEX_PATTERNS['^[a-z][a-z0-9]*(-[a-z0-9]+)*$'].search(data__ignore_item):
                            raise JsonSchemaValueException
        if "engine" in data_keys:
            data_keys.remove("engine")
            data__engine = data["engine"]
            if not isinstance(data__engine, (str)):
                raise JsonSchemaValueException
            if isinstance(data__engine, str):
                if not REGEX_PATTERNS['^(opensearch|elasticsearch)-[0-9]{1,3}\\.([0-9]{1,3}(\\.([0-9]{1,3}|x))?|x)$'].search(data__engine):
                    raise JsonSchemaValueException
        if "analyzer" in data_keys:
            data_keys.remove("analyzer")
            data__analyzer = data["analyzer"]
            if not isinstance(data__analyzer, (dict)):
                raise JsonSchemaValueException
            data__analyzer_is_dict = isinstance(data__analyzer, dict)
            if data__analyzer_is_dict:
                data__analyzer_keys = set(data__analyzer.keys())
                if "tokenizer" in data__analyzer_keys:
                    data__analyzer_keys.remove("tokenizer")
                    data__analyzer__tokenizer = data__analyzer["tokenizer"]
                    if not isinstance(data__analyzer__tokenizer, (str)):
                        raise JsonSchemaValueException
                    if isinstance(data__analyzer__tokenizer, str):
                        if not REGEX_PATTERNS['^[A-Za-z0-9_.-]{1,255}$'].search(data__analyzer__tokenizer):
                            raise JsonSchemaValueException
                if "lowercase" in data__analyzer_keys:
                    data__analyzer_keys.remove("lowercase")
                    data__analyzer__lowercase = data__analyzer["lowercase"]
                    if not isinstance(data__analyzer__lowercase, (bool)):
                        raise JsonSchemaValueException
                if "stopwords" in data__analyzer_keys:
                    data__analyzer_keys.remove("stopwords")
                    data__analyzer__stopwords = data__analyzer["stopwords"]
                    if not isinstance(data__analyzer__stopwords, (list, tuple, str)):
                        raise JsonSchemaValueException
                    if isinstance(data__analyzer__stopwords, str):
                        data__analyzer__stopwords_len = len(data__analyzer__stopwords)
                        if data__analyzer__stopwords_len < 1:
                            raise JsonSchemaValueException
                    data__analyzer__stopwords_is_list = isinstance(data__analyzer__stopwords, (list, tuple))
                    if data__analyzer__stopwords_is_list:
                        def fn(var): return frozenset(dict((k, fn(v)) for k, v in var.items()).items()) if hasattr(var, "items") else tuple(fn(v) for v in var) if isinstance(var, (dict, list)) else (bool, var) if isinstance(var, bool) else var
                        data__analyzer__stopwords_len = len(data__analyzer__stopwords)
                        if data__analyzer__stopwords_len > len(set(fn(data__analyzer__stopwords_x) for data__analyzer__stopwords_x in data__analyzer__stopwords)):
                            raise JsonSchemaValueException
                        for data__analyzer__stopwords_x, data__analyzer__stopwords_item in enumerate(data__analyzer__stopwords):
                            if not isinstance(data__analyzer__stopwords_item, (str)):
                                raise JsonSchemaValueException
                            if isinstance(data__analyzer__stopwords_item, str):
                                data__analyzer__stopwords_item_len = len(data__analyzer__stopwords_item)
                                if data__analyzer__stopwords_item_len < 1:
                                    raise JsonSchemaValueException
                if data__analyzer_keys:
                    raise JsonSchemaValueException
        if "expand" in data_keys:
            data_keys.remove("expand")
            data__expand = data["expand"]
            if not isinstance(data__expand, (bool)):
                raise JsonSchemaValueException
        if "lenient" in data_keys:
            data_keys.remove("lenient")
            data__lenient = data["lenient"]
            if not isinstance(data__lenient, (bool)):
                raise JsonSchemaValueException
        if "filter" in data_keys:
            data_keys.remove("filter")
            data__filter = data["filter"]
            if not (isinstance(data__filter, str) and data__filter == 'synonym' or isinstance(data__filter, str) and data__filter == 'synonym_graph'):
                raise JsonSchemaValueException
        if "indices" in data_keys:
            data_keys.remove("indices")
            data__indices = data["indices"]
            validate_dictionaries_schema_json___defs_indices(data__indices, custom_formats, (name_prefix or "data") + ".indices")
        if "apply" in data_keys:
            data_keys.remove("apply")
            data__apply = data["apply"]
            validate_dictionaries_schema_json___defs_apply(data__apply, custom_formats, (name_prefix or "data") + ".apply")
        if "expect" in data_keys:
            data_keys.remove("expect")
            data__expect = data["expect"]
            if not isinstance(data__expect, (list, tuple)):
                raise JsonSchemaValueException
            data__expect_is_list = isinstance(data__expect, (list, tuple))
            if data__expect_is_list:
                data__expect_len = len(data__expect)
                if data__expect_len < 1:
                    raise JsonSchemaValueException
                if data__expect_len > 100:
                    raise JsonSchemaValueException
                for data__expect_x, data__expect_item in enumerate(data__expect):
                    if not isinstance(data__expect_item, (dict)):
                        raise JsonSchemaValueException
                    data__expect_item_is_dict = isinstance(data__expect_item, dict)
                    if data__expect_item_is_dict:
                        data__expect_item__missing_keys = set(['query']) - data__expect_item.keys()
                        if data__expect_item__missing_keys:
                            raise JsonSchemaValueException
                        data__expect_item_keys = set(data__expect_item.keys())
                        if "query" in data__expect_item_keys:
                            data__expect_item_keys.remove("query")
                            data__expect_item__query = data__expect_item["query"]
                            if not isinstance(data__expect_item__query, (str)):
                                raise JsonSchemaValueException
                            if isinstance(data__expect_item__query, str):
                                data__expect_item__query_len = len(data__expect_item__query)
                                if data__expect_item__query_len < 1:
                                    raise JsonSchemaValueException
                                if data__expect_item__query_len > 255:
                                    raise JsonSchemaValueException
                        if "matches" in data__expect_item_keys:
                            data__expect_item_keys.remove("matches")
                            data__expect_item__matches = data__expect_item["matches"]
                            validate_dictionaries_schema_json___defs_texts(data__expect_item__matches, custom_formats, (name_prefix or "data") + ".expect[{data__expect_x}].matches".format(**locals()))
                        if "not" in data__expect_item_keys:
                            data__expect_item_keys.remove("not")
                            data__expect_item__not = data__expect_item["not"]
                            validate_dictionaries_schema_json___defs_texts(data__expect_item__not, custom_formats, (name_prefix or "data") + ".expect[{data__expect_x}].not".format(**locals()))
                        if data__expect_item_keys:
                            raise JsonSchemaValueException
        if data_keys:
            raise JsonSchemaValueException
    return data

def validate_dictionaries_schema_json___defs_texts(data, custom_formats={}, name_prefix=None):
    if not isinstance(data, (list, tuple)):
        raise JsonSchemaValueException
    data_is_list = isinstance(data, (list, tuple))
    if data_is_list:
        data_len = len(data)
        if data_len < 1:
            raise JsonSchemaValueException
        if data_len > 100:
            raise JsonSchemaValueException
        def fn(var): return frozenset(dict((k, fn(v)) for k, v in var.items()).items()) if hasattr(var, "items") else tuple(fn(v) for v in var) if isinstance(var, (dict, list)) else (bool, var) if isinstance(var, bool) else var
        if data_len > len(set(fn(data_x) for data_x in data)):
            raise JsonSchemaValueException
        for data_x, data_item in enumerate(data):
            if not isinstance(data_item, (str)):
                raise JsonSchemaValueException
            if isinstance(data_item, str):
                data_item_len = len(data_item)
                if data_item_len < 1:
                    raise JsonSchemaValueException
                if data_item_len > 1024:
                    raise JsonSchemaValueException
    return data

def validate_dictionaries_schema_json___defs_apply(data, custom_formats={}, name_prefix=None):
    if not (isinstance(data, str) and data == 'none' or isinstance(data, str) and data == 'refresh' or isinstance(data, str) and data == 'reopen'):
        raise JsonSchemaValueException
    return data

def validate_dictionaries_schema_json___defs_indices(data, custom_formats={}, name_prefix=None):
    if not isinstance(data, (list, tuple)):
        raise JsonSchemaValueException
    data_is_list = isinstance(data, (list, tuple))
    if data_is_list:
        data_len = len(data)
        if data_len > 50:
            raise JsonSchemaValueException
        def fn(var): return frozenset(dict((k, fn(v)) for k, v in var.items()).items()) if hasattr(var, "items") else tuple(fn(v) for v in var) if isinstance(var, (dict, list)) else (bool, var) if isinstance(var, bool) else var
        if data_len > len(set(fn(data_x) for data_x in data)):
            raise JsonSchemaValueException
        for data_x, data_item in enumerate(data):
            if not isinstance(data_item, (str)):
                raise JsonSchemaValueException
            if isinstance(data_item, str):
                if not REGEX_PATTERNS['^(?![-_+])[^A-Z\\s"#,/:<>?\\\\|]{1,255}$'].search(data_item):
                    raise JsonSchemaValueException
    return data

def validate_dictionaries_schema_json___defs_domains(data, custom_formats={}, name_prefix=None):
    if not isinstance(data, (str, list, tuple)):
        raise JsonSchemaValueException
    data_is_list = isinstance(data, (list, tuple))
    if data_is_list:
        data_len = len(data)
        if data_len < 1:
            raise JsonSchemaValueException
        def fn(var): return frozenset(dict((k, fn(v)) for k, v in var.items()).items()) if hasattr(var, "items") else tuple(fn(v) for v in var) if isinstance(var, (dict, list)) else (bool, var) if isinstance(var, bool) else var
        if data_len > len(set(fn(data_x) for data_x in data)):
            raise JsonSchemaValueException
        for data_x, data_item in enumerate(data):
            if not isinstance(data_item, (str)):
                raise JsonSchemaValueException
            if isinstance(data_item, str):
                if not REGEX_PATTERNS['^[a-z][a-z0-9-]{2,27}$'].search(data_item):
                    raise JsonSchemaValueException
    try:
        if not isinstance(data, (str)):
            raise JsonSchemaValueException
    except JsonSchemaValueException:
        pass
    else:
        if not (isinstance(data, str) and data == 'associated' or isinstance(data, str) and data == 'none'):
            raise JsonSchemaValueException
    return data