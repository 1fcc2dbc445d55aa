{{/* The service's settings as the text of its file: config as it is given, and the namespaces. */}}
{{- define "nightwatch.settings" -}}
{{- set (deepCopy (default dict .Values.config)) "NIGHTWATCH_NAMESPACES" .Values.namespaces | toYaml }}
{{- end }}

{{/* The port of the probes, out of the service's own setting. */}}
{{- define "nightwatch.healthPort" -}}
{{- get (default dict .Values.config) "NIGHTWATCH_HTTP_ADDR" | default "0.0.0.0:8080" | toString | regexFind "[0-9]+$" }}
{{- end }}
