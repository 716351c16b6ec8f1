// Lists as other telephone systems export them: their headings (see `services/moves/formats/` for where each is written
// down), made-up people and addresses.

/** The parts of a row that say something; all other columns are empty. */
type Row = Readonly<Record<string, string>>

function csv(headings: readonly string[], rows: readonly Row[], delimiter = ','): string {
  const cell = (text: string) => (/[",;\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  const lines = rows.map((row) => headings.map((heading) => cell(row[heading] ?? '')).join(delimiter))
  return `${[headings.map(cell).join(delimiter), ...lines].join('\r\n')}\r\n`
}

export const FUSIONPBX_DEVICES = csv(
  [
    ...['device_uuid', 'device_profile_uuid', 'device_mac_address', 'device_label', 'device_vendor', 'device_template'],
    ...[
      'device_enabled_date',
      'device_username',
      'device_password',
      'device_uuid_alternate',
      'device_provisioned_date',
    ],
    ...['device_provisioned_method', 'device_provisioned_ip', 'device_enabled', 'device_description'],
    ...['device_line_uuid', 'line_number', 'server_address', 'server_address_primary', 'server_address_secondary'],
    ...['outbound_proxy_primary', 'outbound_proxy_secondary', 'display_name', 'user_id', 'auth_id', 'password'],
    ...['sip_port', 'sip_transport', 'register_expires', 'shared_line', 'enabled'],
  ],
  [
    {
      device_uuid: '5f1cbb2c-0001-4000-8000-000000000001',
      ...{ device_mac_address: '805ec0005311', device_label: 'Reception', device_vendor: 'yealink' },
      ...{ device_template: 'yealink/t46s', device_enabled: 'true', device_description: 'by the door' },
      ...{ line_number: '1', server_address: 'pbx.example.net', display_name: 'Reception', user_id: '101' },
      ...{ auth_id: '101', password: 'f0sion-one', sip_port: '5060', sip_transport: 'tcp', register_expires: '120' },
      ...{ shared_line: '', enabled: 'true', device_username: 'x', device_password: 'not-a-sip-secret' },
    },
    {
      device_uuid: '5f1cbb2c-0001-4000-8000-000000000002',
      ...{ device_mac_address: '0004f2005312', device_label: 'Lab', device_vendor: 'polycom' },
      ...{
        device_template: 'polycom/4.x',
        device_enabled: 'false',
        line_number: '2',
        server_address: 'pbx.example.net',
      },
      ...{ user_id: '102', password: 'f0sion-two', sip_transport: 'dns srv', shared_line: 'true' },
    },
  ],
)

export const FUSIONPBX_EXTENSIONS = csv(
  [
    ...['extension_uuid', 'domain_uuid', 'extension', 'number_alias', 'password', 'accountcode'],
    ...['effective_caller_id_name', 'effective_caller_id_number', 'outbound_caller_id_name', 'directory_first_name'],
    ...['directory_last_name', 'directory_visible', 'user_context', 'call_timeout', 'enabled', 'description'],
  ],
  [
    {
      ...{ extension: '201', password: 'f0sion-201', effective_caller_id_name: 'Ada Lovelace', enabled: 'true' },
      ...{
        directory_first_name: 'Ada',
        directory_last_name: 'Lovelace',
        directory_visible: 'true',
        call_timeout: '30',
      },
    },
    {
      extension: '202',
      password: 'f0sion-202',
      effective_caller_id_name: 'Door',
      directory_visible: 'false',
      enabled: 'true',
    },
    { extension: '203', password: 'f0sion-203', effective_caller_id_name: 'Gone', enabled: 'false' },
  ],
)

export const FREEPBX_EXTENSIONS = csv(
  [
    ...['extension', 'password', 'name', 'voicemail', 'ringtimer', 'noanswer', 'recording', 'outboundcid', 'sipname'],
    ...['noanswer_cid', 'busy_cid', 'chanunavail_cid', 'mohclass', 'id', 'tech', 'dial', 'devicetype', 'user'],
    ...[
      'description',
      'emergency_cid',
      'hint_override',
      'cid_masquerade',
      'concurrency_limit',
      'devicedata',
      'account',
    ],
    ...['secret', 'dtmfmode', 'context', 'transport', 'max_contacts', 'findmefollow_enabled', 'voicemail_email'],
  ],
  [
    {
      ...{ extension: '301', name: 'Grace Hopper', voicemail: 'default', tech: 'pjsip', dial: 'PJSIP/301' },
      ...{
        description: 'Grace Hopper',
        secret: 'fr33-301',
        transport: '0.0.0.0-udp',
        voicemail_email: 'grace@example.net',
      },
    },
    { extension: '302', name: 'Annie Easley', tech: 'sip', secret: 'fr33-302', dial: 'SIP/302' },
    { extension: '399', name: 'Night bell', tech: 'virtual' },
    { extension: '398', name: 'Fax', tech: 'dahdi', dial: 'DAHDI/1' },
  ],
)

/** Without a heading: MAC, IPEI, brand, model, extension, line. */
export const FREEPBX_OSS_EPM = [
  '805EC0005331,,Yealink,T46S,301,1',
  '805EC0005331,,Yealink,T46S,302,2',
  '000B82005332,,Grandstream,GXP2170,302,1',
  '7C2F80005333,0123456789,Gigaset,N510,303,1',
  '',
].join('\n')

export const YEASTAR_P_EXTENSIONS = csv(
  [
    ...['First Name', 'Last Name', 'Email Address', 'Mobile Number', 'User Password', 'Organization', 'User Role'],
    ...[
      'Extension Number',
      'Caller ID',
      'Registration Name',
      'Registration Password',
      'IP Phone Concurrent Registrations',
    ],
    ...['Emergency Outbound Caller ID', 'Enable Voicemail', 'Voicemail PIN Authentication', 'Voicemail Access PIN'],
  ],
  [
    {
      ...{
        'First Name': 'Mary',
        'Last Name': 'Jackson',
        'Email Address': 'mary@example.net',
        'User Password': 'Page-log-in',
      },
      ...{ 'Mobile Number': '+49 171 555001', Organization: 'Example/Engineering', 'Extension Number': '1001' },
      ...{ 'Caller ID': '1001', 'Registration Name': 'mPwQ4Fh1lA', 'Registration Password': 'yea-1001-S' },
    },
    {
      'First Name': 'Dorothy',
      'Extension Number': '1002',
      'Registration Name': 'r1002',
      'Registration Password': 'yea-1002-S',
    },
  ],
)

export const YEASTAR_P_PHONES = csv(
  [
    'Vendor',
    'Model',
    'MAC Address',
    'Template',
    'Provisioning Method',
    'Hot Desking Phone',
    'Authentication First-time',
    'Assign Extension',
  ],
  [
    {
      Vendor: 'Yealink',
      Model: 'SIP-T53W',
      'MAC Address': '80-5E-C0-00-53-41',
      Template: 'YSDP_YealinkT5',
      'Provisioning Method': 'pnp',
      'Hot Desking Phone': '0',
      'Assign Extension': '1001',
    },
    {
      Vendor: 'Yealink',
      Model: 'W70B',
      'MAC Address': '805EC0005342',
      Template: 'YSDP_YealinkDECT',
      'Assign Extension': '1:1001&2:1002',
    },
    { Vendor: 'Fanvil', Model: 'X4U', 'MAC Address': '0C:38:3E:00:53:43', 'Hot Desking Phone': '1' },
  ],
)

export const YEASTAR_S_EXTENSIONS = csv(
  ['type', 'username', 'registerpassword', 'fullname', 'callerid', 'registername', 'maxregistrations', 'loginpassword'],
  [
    {
      type: 'SIP',
      username: '501',
      registerpassword: 's-ser1es-501',
      fullname: 'Katherine Johnson',
      callerid: '501',
      registername: '501',
      maxregistrations: '1',
      loginpassword: 'Page-log-in',
    },
    { type: 'IAX', username: '502', registerpassword: 's-ser1es-502', fullname: 'Trunk', registername: '502' },
  ],
)

export const YEASTAR_S_PHONES = csv(
  ['Manufacturer', 'Phonetype', 'Mac Address', 'Template', 'Extension', 'Label', 'Active'],
  [
    {
      Manufacturer: 'Snom',
      Phonetype: 'D785',
      'Mac Address': '000413005351',
      Template: 'Default',
      Extension: '501',
      Label: '[EXTENSION_NUMBER]',
      Active: '1',
    },
    {
      Manufacturer: 'Snom',
      Phonetype: 'D785',
      'Mac Address': '000413005351',
      Template: 'Default',
      Extension: '503',
      Label: 'Support',
      Active: '1',
    },
  ],
)

export const THREECX_V16 = csv(
  [
    ...[
      'Number',
      'FirstName',
      'LastName',
      'EmailAddress',
      'MobileNumber',
      'AuthID',
      'AuthPassword',
      'WebMeetingFriendlyName',
    ],
    ...['WebMeetingPrivateRoom', 'ClickToCall', 'ClickToCallFriendlyName', 'WebMeetingAcceptReject', 'EnableVoicemail'],
    ...['VMNoPin', 'VMPlayCallerID', 'PIN', 'VMPlayMsgDateTime', 'VMEmailOptions', 'QueueStatus', 'OutboundCallerID'],
    ...['SIPID', 'DeliverAudio', 'SupportReinvite', 'SupportReplaces', 'EnableSRTP', 'ManagementAccess', 'RecordCalls'],
    ...['Disabled', 'DisableExternalCalls', 'AllowLanOnly', 'MAC_0', 'InterfaceIP_0', 'UseTunnel', 'DeskphoneWebPass'],
    ...['PhoneModel14', 'PhoneTemplate14', 'CustomTemplate', 'PhoneSettings', 'DID', 'SMS', 'PhoneSysAdmin'],
  ],
  [
    {
      ...{
        Number: '601',
        FirstName: 'Hedy',
        LastName: 'Lamarr',
        EmailAddress: 'hedy@example.net',
        MobileNumber: '0171 555601',
      },
      ...{
        AuthID: 'aB3xY7',
        AuthPassword: 'thr33cx-601',
        MAC_0: '805EC0005361',
        PhoneModel14: 'Yealink T46S',
        PIN: '4711',
      },
      ...{ PhoneTemplate14: 'yealinkT4x.ph.xml', DeskphoneWebPass: 'not-a-sip-secret', Disabled: '0' },
    },
    { Number: '602', FirstName: 'Radia', AuthID: 'cD4', AuthPassword: 'thr33cx-602', Disabled: '0' },
    { Number: '603', FirstName: 'Off', AuthID: 'e', AuthPassword: 'thr33cx-603', Disabled: '1' },
  ],
)

export const THREECX_V20 = csv(
  [
    ...[
      'Number',
      'FirstName',
      'LastName',
      'EmailAddress',
      'MobileNumber',
      'OutboundCallerID',
      'DID',
      'Role',
      'Department',
    ],
    ...[
      'ClickToCallAuth',
      'WMApprove',
      'WebMeetingFriendlyName',
      'MAC',
      'Template',
      'Model',
      'Router',
      'Language',
      'Ringtone',
    ],
    ...[
      'QRingtone',
      'VMEnable',
      'VMLanguage',
      'VMPIN',
      'RecordCalls',
      'Disabled',
      'HideInPhonebook',
      'SRTPMode',
      'BLF',
    ],
  ],
  [
    {
      ...{ Number: '701', FirstName: 'Lynn', LastName: 'Conway', Department: 'Lab', Role: '<role name="users" />' },
      ...{ MAC: '000413005371', Template: 'snom.ph.xml', Model: 'Snom D785', Language: 'Italian', Disabled: '0' },
      ...{ BLF: '<PhoneDevice><BLFS/></PhoneDevice>', HideInPhonebook: '0' },
    },
    { Number: '702', FirstName: 'Sophie', LastName: 'Wilson', Disabled: '0', HideInPhonebook: '1' },
  ],
)

/** All of them by name. */
export const EXPORTS = {
  FUSIONPBX_DEVICES,
  FUSIONPBX_EXTENSIONS,
  FREEPBX_EXTENSIONS,
  FREEPBX_OSS_EPM,
  YEASTAR_P_EXTENSIONS,
  YEASTAR_P_PHONES,
  YEASTAR_S_EXTENSIONS,
  YEASTAR_S_PHONES,
  THREECX_V16,
  THREECX_V20,
} as const
