{{/* The name of all objects: that of the release, with that of the chart unless it is part of it already. */}}
{{- define "nightwatch.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 45 | trimSuffix "-" }}
{{- else if contains $name .Release.Name }}
{{- .Release.Name | trunc 45 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 45 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "nightwatch.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "nightwatch.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "nightwatch.image" -}}
{{- with .Values.image }}
{{- if .digest }}
{{- printf "%s@%s" .repository .digest }}
{{- else }}
{{- printf "%s:%s" .repository (default $.Chart.AppVersion .tag) }}
{{- end }}
{{- end }}
{{- end }}

{{/* What pods are selected by; it never changes between releases. Call with (list $ "component"). */}}
{{- define "nightwatch.selectorLabels" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ default $root.Chart.Name $root.Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{/* Labels of an object. Call with (list $ "component"). */}}
{{- define "nightwatch.labels" -}}
{{- $root := index . 0 -}}
{{- $own := include "nightwatch.selectorLabels" . | fromYaml -}}
{{- $_ := set $own "helm.sh/chart" (printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_") -}}
{{- $_ := set $own "app.kubernetes.io/version" $root.Chart.AppVersion -}}
{{- $_ := set $own "app.kubernetes.io/managed-by" $root.Release.Service -}}
{{- merge $own (default dict $root.Values.commonLabels) | toYaml }}
{{- end }}

{{/* Labels of a pod, without those that each release changes. Call with (list $ "component" further labels). */}}
{{- define "nightwatch.podLabels" -}}
{{- $root := index . 0 -}}
{{- $own := include "nightwatch.selectorLabels" . | fromYaml -}}
{{- merge $own (default dict (index . 2)) (default dict $root.Values.commonLabels) | toYaml }}
{{- end }}
