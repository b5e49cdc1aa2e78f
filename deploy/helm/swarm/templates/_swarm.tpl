{{- define "swarm.name" -}}
{{- if .Values.fullnameOverride }}{{ .Values.fullnameOverride }}
{{- else if contains (default "swarm" .Values.nameOverride) .Release.Name }}{{ .Release.Name }}
{{- else }}{{ .Release.Name }}-{{ default "swarm" .Values.nameOverride }}
{{- end }}
{{- end }}

{{- define "swarm.selector" -}}
app.kubernetes.io/name: {{ default "swarm" .Values.nameOverride }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "swarm.labels" -}}
{{ include "swarm.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
load_test: {{ .Values.loadtest.name | quote }}
{{- with .Values.extraLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "swarm.token" -}}
{{ default (printf "%s-token" (include "swarm.name" .)) .Values.joinToken.existingSecret }}
{{- end }}

{{- define "swarm.files" -}}
{{ default (printf "%s-files" (include "swarm.name" .)) .Values.loadtest.locust_locustfile_configmap }}
{{- end }}

{{/* What of the other chart would be another run than the one that is asked for. */}}
{{- define "swarm.refuse" -}}
{{- if dig "auth" "enabled" false .Values.master }}
{{- fail "master.auth: swarm takes log-ins from a file: make it with `swarm passwd`, put it into a Secret, name that in loadtest.mount_external_secret, and set master.args to [--web-login, FILE]" }}
{{- end }}
{{- if and .Values.worker.hpa.enabled .Values.loadtest.headless }}
{{- fail "worker.hpa.enabled: a run with loadtest.headless has worker.replicas workers; set loadtest.headless to false" }}
{{- end }}
{{- if dig "keda" "enabled" false .Values.worker }}
{{- fail "worker.keda: this chart makes no ScaledObject; use worker.hpa" }}
{{- end }}
{{- end }}

{{/* Variables of one component: its own last, which count. */}}
{{- define "swarm.variables" -}}
{{- $its := index .Values .component -}}
- {name: SWARM_LOGLEVEL, value: {{ $its.logLevel | quote }}}
{{- if .Values.loadtest.pip_packages }}
- {name: PYTHONPATH, value: /packages}
{{- end }}
{{- range $name, $value := merge (deepCopy $its.environment) .Values.loadtest.environment }}
- {name: {{ $name | quote }}, value: {{ $value | quote }}}
{{- end }}
{{- range $name, $_ := .Values.loadtest.environment_secret }}
- name: {{ $name | quote }}
  valueFrom: {secretKeyRef: {name: {{ include "swarm.name" $ }}-environment, key: {{ $name | quote }}}}
{{- end }}
{{- range $secret, $keys := .Values.loadtest.environment_external_secret }}
{{- range $keys }}
- name: {{ . | quote }}
  valueFrom: {secretKeyRef: {name: {{ $secret }}, key: {{ . | quote }}}}
{{- end }}
{{- end }}
- name: SWARM_JOIN_TOKEN
  valueFrom: {secretKeyRef: {name: {{ include "swarm.token" . }}, key: SWARM_JOIN_TOKEN}}
{{- end }}

{{- define "swarm.mounts" -}}
- {name: files, mountPath: {{ .Values.loadtest.locust_locustfile_path }}, readOnly: true}
{{- if .Values.loadtest.locust_lib_configmap }}
- {name: lib, mountPath: {{ .Values.loadtest.locust_locustfile_path }}/lib, readOnly: true}
{{- end }}
- {name: tmp, mountPath: /tmp}
{{- if .Values.loadtest.pip_packages }}
- {name: packages, mountPath: /packages}
{{- end }}
{{- range $name, $path := .Values.extraConfigMaps }}
- {name: {{ $name }}, mountPath: {{ $path }}, readOnly: true}
{{- end }}
{{- with .Values.loadtest.mount_external_secret }}
{{- $path := .mountPath }}
{{- range $secret, $keys := .files }}
{{- range $keys }}
- {name: {{ $secret }}, mountPath: {{ $path }}/{{ . }}, subPath: {{ . }}, readOnly: true}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "swarm.volumes" -}}
- {name: files, configMap: {name: {{ include "swarm.files" . }}}}
{{- with .Values.loadtest.locust_lib_configmap }}
- {name: lib, configMap: {name: {{ . }}}}
{{- end }}
- {name: tmp, emptyDir: {}}
{{- if .Values.loadtest.pip_packages }}
- {name: packages, emptyDir: {}}
{{- end }}
{{- range $name, $_ := .Values.extraConfigMaps }}
- {name: {{ $name }}, configMap: {name: {{ $name }}}}
{{- end }}
{{- with .Values.loadtest.mount_external_secret }}
{{- range $secret, $_ := .files }}
- {name: {{ $secret }}, secret: {secretName: {{ $secret }}}}
{{- end }}
{{- end }}
{{- end }}

{{- define "swarm.image" -}}
{{ default (printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag | toString)) (index .Values .component).image }}
{{- end }}

{{/* All of a pod but its restartPolicy; .container is what differs. */}}
{{- define "swarm.pod" -}}
terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
automountServiceAccountToken: false
enableServiceLinks: false
serviceAccountName: {{ include "swarm.name" . }}-{{ .component }}
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.podSecurityContext }}
securityContext: {{ toYaml . | nindent 2 }}
{{- end }}
{{- if .Values.loadtest.pip_packages }}
initContainers:
  - name: packages
    image: {{ include "swarm.image" . }}
    imagePullPolicy: {{ .Values.image.pullPolicy }}
    command: [python3, -m, pip, install, --target, /packages{{ range .Values.loadtest.pip_packages }}, {{ . | quote }}{{ end }}]
    {{- with .Values.securityContext }}
    securityContext: {{ toYaml . | nindent 6 }}
    {{- end }}
    volumeMounts:
      - {name: packages, mountPath: /packages}
      - {name: tmp, mountPath: /tmp}
{{- end }}
containers:
  - name: {{ .component }}
    image: {{ include "swarm.image" . }}
    imagePullPolicy: {{ .Values.image.pullPolicy }}
    {{- .container | nindent 4 }}
    env:
      {{- include "swarm.variables" . | nindent 6 }}
    {{- with (index .Values .component).resources }}
    resources: {{ toYaml . | nindent 6 }}
    {{- end }}
    {{- with .Values.securityContext }}
    securityContext: {{ toYaml . | nindent 6 }}
    {{- end }}
    volumeMounts:
      {{- include "swarm.mounts" . | nindent 6 }}
volumes:
  {{- include "swarm.volumes" . | nindent 2 }}
{{- with .Values.nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{ toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* metadata of a pod, with what it depends on, so that an upgrade restarts it */}}
{{- define "swarm.podMetadata" -}}
labels: {{ include "swarm.labels" . | nindent 2 }}
annotations:
  checksum/files: {{ .Files.Glob "files/*" | toYaml | cat (.Values.loadtest | toYaml) | sha256sum }}
{{- if and .Values.loadtest.headless (eq .component "master") }}
  cluster-autoscaler.kubernetes.io/safe-to-evict: "false"
{{- end }}
{{- end }}
