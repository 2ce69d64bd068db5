// Devices of a laptop, for a guest that has none: an adapter, a battery, a lid, a sleep button, a thermal zone with a fan.
//
// guests/acpi.py plays the hardware: it writes how things are into the ports of QEMU's pc-testdev, and raises the
// interrupt of GED0, which tells the drivers. The ports are zero from the start, and after a guest has been restored:
// zero is how things are as long as nobody says otherwise.
DefinitionBlock ("keventd.aml", "SSDT", 2, "KEVTD ", "TESTDEV ", 1)
{
    Scope (\_SB)
    {
        OperationRegion (PORT, SystemIO, 0xE0, 4)
        Field (PORT, ByteAcc, NoLock, Preserve)
        {
            USED, 8, // percents of the battery that are used
            FLAG, 8, // 1: the adapter is pulled out, 2: the lid is closed, 4: the battery discharges
            HEAT, 8, // degrees above 20
            WHAT, 8  // who has changed: 1 battery, 2 adapter, 4 lid, 8 thermal zone, 16 sleep button
        }

        Device (ADP0)
        {
            Name (_HID, "ACPI0003")
            Name (_PCL, Package () { \_SB })
            Method (_PSR) { Return (~FLAG & 1) }
        }

        Device (BAT0)
        {
            Name (_HID, EisaId ("PNP0C0A"))
            Name (_UID, 1)
            Name (_PCL, Package () { \_SB })
            Method (_STA) { Return (0x1F) }
            Name (_BIF, Package () { 1, 5000, 5000, 1, 12000, 500, 200, 10, 10, "KEVBAT", "0001", "LION", "KEVENTD" })
            Name (BSTP, Package () { 0, 1000, 5000, 12000 })
            Method (_BST, 0, Serialized)
            {
                BSTP [0] = (FLAG & 4) >> 2
                BSTP [2] = (100 - USED) * 50
                Return (BSTP)
            }
        }

        Device (LID0)
        {
            Name (_HID, EisaId ("PNP0C0D"))
            Method (_LID) { Return ((~FLAG >> 1) & 1) }
        }

        Device (SLP0) { Name (_HID, EisaId ("PNP0C0E")) }

        PowerResource (PFAN, 0, 0)
        {
            Name (ISON, 0)
            Method (_STA) { Return (ISON) }
            Method (_ON) { ISON = 1 }
            Method (_OFF) { ISON = 0 }
        }
        Device (FAN0)
        {
            Name (_HID, EisaId ("PNP0C0B"))
            Name (_PR0, Package () { PFAN })
        }

        Device (GED0)
        {
            Name (_HID, "ACPI0013")
            Name (_CRS, ResourceTemplate () { Interrupt (ResourceConsumer, Edge, ActiveHigh, Exclusive) { 5 } })
            Method (_EVT, 1, Serialized)
            {
                Local0 = WHAT
                If (Local0 & 1) { Notify (BAT0, 0x80) }
                If (Local0 & 2) { Notify (ADP0, 0x80) }
                If (Local0 & 4) { Notify (LID0, 0x80) }
                If (Local0 & 8) { Notify (\_TZ.TZ00, 0x80) }
                If (Local0 & 16) { Notify (SLP0, 0x80) }
            }
        }
    }

    Scope (\_TZ)
    {
        // In tenths of a Kelvin: the fan runs from 60 degrees on, 90 are hot, at 110 the system shuts down.
        ThermalZone (TZ00)
        {
            Method (_TMP) { Return (2732 + (\_SB.HEAT + 20) * 10) }
            Method (_AC0) { Return (2732 + 600) }
            Name (_AL0, Package () { \_SB.FAN0 })
            Method (_HOT) { Return (2732 + 900) }
            Method (_CRT) { Return (2732 + 1100) }
            Name (_TZP, 0)
        }
    }
}
